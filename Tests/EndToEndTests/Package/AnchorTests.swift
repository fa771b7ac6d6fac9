import Formats
import Foundation
import TestSupport
import Testing

#if !WITHOUT_NETWORK
    import LoopbackServer

    /// Clocks and witnesses that vouch for a log from outside: OpenSSL's authority, and a witness in its own process.
    @Suite(.enabled(if: OpenSSLAuthority.isInstalled, "\(OpenSSLAuthority.whySkipped)"))
    struct AnchorTests {
        /// Serves one authority at `/a` and another one at `/b`.
        private static func withAuthorities(
            _ body: (_ address: String, _ desk: Desk) async throws -> Void
        ) async throws {
            let first = try OpenSSLAuthority()
            let second = try OpenSSLAuthority()
            let desk = try await Desk.tiny(facts: TinyProgram.facts)
            try desk.scratch.write("roots-a.pem", first.pem())
            try desk.scratch.write("roots-b.pem", second.pem())
            try await LoopbackServer.serving { request in
                let authority = request.path == "/a" ? first : second
                guard request.method == "POST",
                    request.header("content-type") == "application/timestamp-query",
                    let reply = try? authority.reply(
                        to: request.body, by: request.path == "/a" ? .rsa : .p384)
                else { return Reply(500, text: "no") }
                return Reply(200, headers: [("content-type", "application/timestamp-reply")], body: reply)
            } while: { server in
                try await body(server.address, desk)
            }
        }

        @Test func `a package with stamps and cosignatures says so to whoever trusts them`() async throws {
            try await Self.withAuthorities { address, desk in
                let witness = try await WitnessProcess(desk)
                try await desk.expect(
                    0, "log", "configure", "--authority", "a=\(address)/a", "--authority", "b=\(address)/b",
                    "--roots",
                    "roots-a.pem", "--roots", "roots-b.pem", "--policy", witness.policy)
                try await desk.expect(0, "log", "anchor", "--reason", "manual")
                #expect(try await desk.expect(0, "log", "anchor", "--if-older", "1").says("nothing to do"))
                // What an anchor rests on is no leftover of an erasure.
                try await desk.expect(
                    0, "erase", "uptime.probe", "p-1", "--by", "officer", "--reason", "request", "--basis",
                    "GDPR Art. 17", "--early")
                try await desk.expect(1, "assess")
                let sealed = try await desk.expect(0, "package", "--out", "p.assay")
                #expect(sealed.says("(export)", "  a\n", "  b\n", "witness.example/w"))
                try await desk.expect(0, "fsck")
                let status = try await desk.json(0, "log", "status")
                #expect(status["stamps"]?.integer == 2 && status["uncovered"]?.integer == 1, "the export")

                let first = try desk.scratch.read("p.assay")
                // Nothing but the export has come since, so that the same is sealed again.
                try await desk.expect(0, "package", "--out", "p.assay")
                #expect(try desk.scratch.read("p.assay") == first)

                try desk.scratch.write("trust.json", try await desk.expect(0, "log", "trust").output)
                try desk.scratch.write("key", try await desk.expect(0, "log", "key").output)
                let full = try await desk.verify("verify", "p.assay", "--trust", "trust.json")
                #expect(full.status == 0 && full.says("is time-stamped and witnessed"), "\(full.said)")
                let plain = try await desk.verify("verify", "p.assay", "--key", "key")
                #expect(
                    plain.status == 0 && plain.says("is self-consistent", "4 time stamps"), "\(plain.said)")

                // What the organization's own trust file is to ask.
                try await desk.expect(
                    2, "log", "configure", "--no-clocks", "--clock-quorum", "2", "--policy", witness.policy)
                try await desk.expect(
                    3, "log", "configure", "--authority", "a=\(address)/a", "--roots", "roots-a.pem",
                    "--clock-quorum", "2")
                try await desk.expect(
                    0, "log", "configure", "--authority", "a=\(address)/a", "--authority", "b=\(address)/b",
                    "--roots",
                    "roots-a.pem", "--roots", "roots-b.pem", "--clock-quorum", "2")
                #expect(try await desk.expect(0, "log", "trust").says(#""quorum":2"#))
                let asked = try await desk.expect(0, "log", "status")
                #expect(asked.says("time stamps below 2 of 2"), "\(asked.said)")
                #expect(!asked.says("below the quorum"), "\(asked.said)")
                // What is not said of the quorum leaves it as it was, or is refused where that cannot be met.
                let kept = try await desk.expect(
                    0, "log", "configure", "--authority", "a=\(address)/a", "--authority", "b=\(address)/b",
                    "--roots", "roots-a.pem", "--roots", "roots-b.pem")
                #expect(kept.says("quorum   2 of 2 clocks"), "\(kept.said)")
                #expect(try await desk.expect(0, "log", "trust").says(#""quorum":2"#))
                let fewer = try await desk.expect(
                    3, "log", "configure", "--authority", "a=\(address)/a", "--roots", "roots-a.pem")
                #expect(fewer.says("cannot be met", "--clock-quorum"), "\(fewer.said)")
                #expect(try await desk.expect(0, "log", "trust").says(#""quorum":2"#))

                // A holder who trusts one of the authorities only, and asks for two, or for none of the witnesses.
                let trust = try String(decoding: desk.scratch.read("trust.json"), as: UTF8.self)
                try desk.scratch.write(
                    "two.json", trust.replacing(#""quorum":1"#, with: #""quorum":2"#))
                #expect(
                    try await desk.verify("verify", "p.assay", "--trust", "two.json").says("time-stamped"))
                try desk.scratch.write("three.json", trust.replacing(#""quorum":1"#, with: #""quorum":3"#))
                let three = try await desk.verify("verify", "p.assay", "--trust", "three.json")
                #expect(
                    three.status == 1 && three.says("FAILED time", "is not vouched for"), "\(three.said)")
                let again = try await desk.verify("reperform", "p.assay", "--trust", "three.json")
                #expect(again.status == 1 && again.says("is not vouched for"), "\(again.said)")
                witness.stop()
            }
        }

        @Test func `a restored copy is told from a fork, and goes on only after an explicit recovery`()
            async throws
        {
            try await Self.withAuthorities { address, desk in
                var witness = try await WitnessProcess(desk)
                try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", witness.policy)
                try await desk.expect(0, "log", "anchor")
                let files = FileManager.default
                let (here, backup) = (desk.scratch.path("workspace"), desk.scratch.path("backup"))
                try files.copyItem(atPath: here, toPath: backup)
                try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-7"))
                try await desk.expect(0, "log", "anchor")

                try files.removeItem(atPath: here)
                try files.copyItem(atPath: backup, toPath: here)
                let refused = try await desk.expect(3, "log", "anchor")
                #expect(refused.says("restored from an older copy", "assay log recover"))
                #expect(try await desk.expect(1, "log", "status").says("ALARM", "older copy"))
                #expect(
                    try await desk.expect(3, "import", "-", input: TinyProgram.probe("p-8")).says(
                        "older copy"))
                try await desk.expect(1, "fsck")

                try await desk.expect(0, "log", "recover", "--reason", "disk lost, copy of this morning")
                try await desk.expect(3, "log", "recover", "--reason", "again")
                try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-8"))
                // The witness holds to what it signed until its operator has heard why.
                #expect(try await desk.expect(3, "log", "anchor").says("assay witness forget"))
                try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-9"))
                witness.stop()
                try await desk.expect(0, "witness", "forget", "tiny.example/evidence", "--folder", "witness")
                witness = try await WitnessProcess(desk, port: witness.port)
                try await desk.expect(0, "log", "anchor")
                try await desk.expect(0, "fsck")
                witness.stop()
            }
        }

        @Test func `a log that asks no clock asks nobody for a clock's stamps`() async throws {
            let desk = try await Desk.tiny(facts: TinyProgram.facts)
            let witness = try await WitnessProcess(desk)
            try await desk.expect(0, "log", "configure", "--policy", witness.policy)
            #expect(try await desk.expect(0, "log", "trust").says(#""clocks":"#))
            try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", witness.policy)
            let trust = try await desk.expect(0, "log", "trust")
            #expect(!trust.says("clocks"))
            try desk.scratch.write("trust.json", trust.output)
            try await desk.expect(1, "assess")
            try await desk.expect(0, "package", "--out", "p.assay", "--profile", "auditor")
            let verified = try await desk.verify("verify", "p.assay", "--trust", "trust.json")
            #expect(verified.status == 0 && verified.says("the quorum of your policy"), "\(verified.said)")
            witness.stop()
        }

        @Test func `below the quorum of its own trust file a log says so, and is asked again`() async throws {
            let desk = try await Desk.tiny(facts: TinyProgram.facts)
            let witness = try await WitnessProcess(desk)
            let other = try await desk.expect(
                0, "witness", "init", "--name", "b.example/w", "--folder", "other")
            let one = String(decoding: try desk.scratch.read("policy"), as: UTF8.self)
                .split(separator: "\n")[0]
            // Nobody listens at the port for discarded data.
            let both = "\(one)\nwitness b \(other.output.dropLast()) http://127.0.0.1:9/\n"
            try desk.scratch.write("both.policy", both + "group g all w b\nquorum g\n")
            try desk.scratch.write("any.policy", both + "group g any w b\nquorum g\n")
            try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", "both.policy")
            try desk.scratch.write("trust.json", try await desk.expect(0, "log", "trust").output)
            #expect(try await desk.expect(1, "log", "anchor").says("below the quorum", "not b"))
            let again = try await desk.expect(1, "log", "anchor", "--if-older", "1")
            #expect(!again.says("nothing to do"), "\(again.said)")
            let status = try await desk.expect(0, "log", "status")
            #expect(status.says("below the quorum") && !status.says(", 0 of them"), "\(status.said)")
            try await desk.expect(1, "assess")
            let sealed = try await desk.expect(0, "package", "--out", "p.assay", "--profile", "auditor")
            #expect(sealed.says("below the quorum", "assay log anchor"), "\(sealed.said)")
            let verified = try await desk.verify("verify", "p.assay", "--trust", "trust.json")
            #expect(verified.status == 1 && verified.says("FAILED witness"), "\(verified.said)")

            // What is on record is enough for a policy that asks less.
            try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", "any.policy")
            let enough = try await desk.expect(0, "log", "status")
            #expect(!enough.says("below the quorum"), "\(enough.said)")
            witness.stop()
        }

        @Test func `another history under the same key is a fork, and nothing recovers from it`() async throws
        {
            let desk = try await Desk.tiny(facts: TinyProgram.facts)
            var witness = try await WitnessProcess(desk)
            try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", witness.policy)
            let files = FileManager.default
            let here = desk.scratch.path("workspace")
            let (mine, other) = (desk.scratch.path("mine"), desk.scratch.path("other"))
            try files.copyItem(atPath: here, toPath: other)
            try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-7"))
            try await desk.expect(0, "log", "anchor")
            // A witness that has lost its memory signs the other history.
            witness.stop()
            try await desk.expect(0, "witness", "forget", "tiny.example/evidence", "--folder", "witness")
            witness = try await WitnessProcess(desk, port: witness.port)
            try files.moveItem(atPath: here, toPath: mine)
            try files.moveItem(atPath: other, toPath: here)
            try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-8"))
            try await desk.expect(0, "log", "anchor")
            try files.moveItem(atPath: here, toPath: other)
            try files.moveItem(atPath: mine, toPath: here)

            try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-9"))
            #expect(try await desk.expect(3, "log", "anchor").says("another history"))
            #expect(try await desk.expect(1, "log", "status").says("ALARM", "another history"))
            let recovered = try await desk.expect(3, "log", "recover", "--reason", "none")
            #expect(recovered.says("another history"), "\(recovered.said)")
            #expect(
                try await desk.expect(3, "import", "-", input: TinyProgram.probe("p-6")).says(
                    "another history"))
            try await desk.expect(1, "fsck")
            witness.stop()

            // Nobody relies on this witness any more, and all that it signed for this copy is in it.
            try desk.scratch.write("quiet.policy", "quorum none\n")
            let quiet = try await desk.expect(
                0, "log", "configure", "--no-clocks", "--policy", "quiet.policy")
            #expect(quiet.says("nobody is asked"), "\(quiet.said)")
            #expect(try await desk.expect(3, "log", "anchor").says("nobody is asked", "log configure"))
            #expect(
                try await desk.expect(0, "log", "recover", "--reason", "it was made to forget").says(
                    "speaks of another history"))
            try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-6"))
            try await desk.expect(0, "fsck")
        }

        @Test func `the first run after the end of a period anchors, however new the last anchor is`()
            async throws
        {
            // Its one period is January 2025.
            let desk = try await Desk.tiny(synthetic: true)
            let witness = try await WitnessProcess(desk)
            try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", witness.policy)
            let steps = [
                ("2025-01-31T23:30:00Z", "(hourly)"), ("2025-01-31T23:45:00Z", "nothing to do"),
                ("2025-01-31T23:59:59Z", "nothing to do"), ("2025-02-01T00:00:00Z", "(period-end)"),
                ("2025-02-01T00:05:00Z", "nothing to do"), ("2025-02-01T01:05:00Z", "(hourly)"),
            ]
            for (time, words) in steps {
                let outcome = try await desk.expect(0, "log", "anchor", "--if-older", "1", "--clock", time)
                #expect(outcome.says(words), "\(time): \(outcome.said)")
            }
            witness.stop()
        }

        @Test func `without an anchor for too long there is an alarm`() async throws {
            let desk = try await Desk.tiny()
            try await desk.expect(0, "log", "status", "--clock", "2030-01-01T00:00:00Z")
            try desk.scratch.write("roots.pem", try OpenSSLAuthority().pem())
            try await desk.expect(
                0, "log", "configure", "--authority", "x=http://127.0.0.1:9/", "--roots", "roots.pem",
                "--maximum-age", "2")
            try await desk.expect(0, "log", "status")
            let late = try await desk.expect(1, "log", "status", "--clock", "2030-01-01T00:00:00Z")
            #expect(late.says("ALARM", "nobody outside has ever vouched"))
            try await desk.expect(3, "log", "anchor")
        }
    }

    /// `assay witness serve`, started and ended by the test.
    final class WitnessProcess: Sendable {
        let port: Int
        let policy: String
        private let process: Process

        init(_ desk: Desk, port wanted: Int = 0) async throws {
            if !desk.scratch.exists("witness/witness.key") {
                let made = try await desk.expect(
                    0, "witness", "init", "--name", "witness.example/w", "--folder", "witness")
                try desk.scratch.write("witness.vkey", made.output)
                try desk.scratch.write("logs", try await desk.expect(0, "log", "key").output)
            }
            let command = try desk.command(
                "assay",
                ["witness", "serve", "--logs", "logs", "--folder", "witness", "--port", String(wanted)])
            process = Process()
            process.executableURL = URL(fileURLWithPath: command.executable)
            process.arguments = command.arguments
            process.currentDirectoryURL = URL(fileURLWithPath: command.folder)
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            // The first line is printed once connections are taken.
            var line: [UInt8] = []
            while line.last != 0x0A, let byte = try pipe.fileHandleForReading.read(upToCount: 1)?.first {
                line.append(byte)
            }
            let text = String(decoding: line, as: UTF8.self)
            let digits = text.split(separator: ":").last.map { $0.filter(\.isNumber) } ?? ""
            port = try #require(Int(digits), "\(text)")
            let vkey = String(decoding: try desk.scratch.read("witness.vkey"), as: UTF8.self)
            policy = try desk.scratch.write(
                "policy", "witness w \(vkey.dropLast()) http://127.0.0.1:\(port)/\nquorum w\n")
        }

        deinit { stop() }

        func stop() {
            guard process.isRunning else { return }
            process.terminate()
            process.waitUntilExit()
        }
    }
#endif
