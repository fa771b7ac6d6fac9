import Transport

/// Runs a program that asks a server over the network, and runs it again as a request over HTTPS is sent again.
struct RepeatedRun: Sendable {
    var rule = RetryRule()
    /// Waits between two runs.
    let sleep: @Sendable (Duration) async throws -> Void
    /// Random from 0 up to and without 1.
    var share: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// The first run of which nothing says that a later one may well succeed, or the last one that the rule allows.
    func run(_ program: Program, while isPassing: (Program.Run) -> Bool) async -> Program.Run {
        var run = await program.run()
        var attempt = 1
        var waited = Duration.zero
        while attempt < rule.attempts, isPassing(run), !Task.isCancelled {
            let wait = rule.wait(after: attempt, share: share())
            guard waited + wait <= rule.budget else { return run }
            do {
                try await sleep(wait)
            } catch {
                return run
            }
            waited += wait
            attempt += 1
            run = await program.run()
        }
        return run
    }
}
