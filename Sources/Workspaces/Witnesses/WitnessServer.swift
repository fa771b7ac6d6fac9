import Formats
package import Ledger

#if !WITHOUT_NETWORK
    import TransportNIO
#endif

/// A witness that answers over HTTP.
package struct WitnessServer {
    /// The program was built with ASSAY_WITHOUT_NETWORK.
    package struct WithoutNetwork: Error, CustomStringConvertible {
        package let description = "this program was built without network access"
    }

    private let witness: Witness
    private let store: FolderWitnessStore
    private let clock: Clock

    /// - Parameters:
    ///   - folder: where what was signed last is kept.
    ///   - clock: what signatures are dated by.
    package init(signer: NoteSigner, logs: [NoteVerifier], folder: String, clock: Clock) throws {
        self.clock = clock
        store = try FolderWitnessStore(folder: folder)
        witness = try Witness(signer: signer, logs: logs, store: store)
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - started: told the port once connections are taken.
    package func run(host: String, port: Int, started: (Int) -> Void) async throws {
        #if WITHOUT_NETWORK
            throw WithoutNetwork()
        #else
            let (witness, clock) = (witness, clock)
            let server = SmallServer(limit: AddCheckpoint.limit) { method, path, body in
                guard path == "/add-checkpoint" else { return (404, "text/plain", []) }
                guard method == "POST" else { return (405, "text/plain", []) }
                let seconds = max(0, clock.now().microseconds / 1_000_000)
                return witness.answer(body, at: UInt64(seconds)).http
            }
            try await server.run(host: host, port: port, started: started)
        #endif
    }
}
