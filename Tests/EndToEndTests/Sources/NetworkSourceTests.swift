#if !WITHOUT_NETWORK
    import Formats
    import LoopbackServer
    import Testing

    /// The whole program against a server of recorded exchanges.
    @Suite struct NetworkSourceTests {
        private static let user =
            #"{"id":"u1","userName":"asha@clinic.example","active":true,"emails":[{"value":"asha@clinic.example"}]}"#

        private static let path = "/scim/Users"

        private static func users(_ reply: Reply) -> Replay.Exchange {
            Replay.Exchange(
                "GET", path, query: ["count": "100"],
                headers: ["authorization": "Bearer t-secret"], replies: [reply])
        }

        private static func desk(_ server: LoopbackServer) async throws -> Desk {
            let desk = try Desk()
            try desk.scratch.write("program/all.yaml", TinyProgram.complete(synthetic: true))
            try desk.scratch.write(
                "program/sources.yaml",
                """
                source: directory
                connector: scim
                params: { url: "\(server.address)/scim" }
                secrets: { token: "exec:printf t-secret" }
                kinds: [idp.account]

                """)
            try await desk.expect(0, "apply", "program", "--clock", "2025-01-01T00:00:00Z")
            return desk
        }

        @Test func `a trial shows what would come without recording it or naming anybody`() async throws {
            let replay = Replay([
                Self.users(Reply(200, text: #"{"totalResults":1,"Resources":[\#(Self.user)]}"#))
            ])
            try await LoopbackServer.replaying(replay) { server in
                let desk = try await Self.desk(server)
                try await desk.leavesRecordAlone {
                    let outcome = try await desk.expect(0, "source", "test", "directory")
                    #expect(outcome.says("idp.account: 1 records of 1", "enabled=true", "(withheld)"))
                    #expect(outcome.says("would cover: idp.account"))
                    #expect(!outcome.says("asha") && !outcome.says("t-secret"))
                }
                let unknown = try await desk.expect(3, "source", "test", "dictionary")
                #expect(unknown.says("dictionary", "directory"))
            }
            #expect(replay.complaints.isEmpty, "\(replay.complaints)")
        }

        @Test func `a refused trial and a refused collection exit with findings`() async throws {
            let replay = Replay([Self.users(Reply(401, text: #"{"detail":"t-secret"}"#))])
            try await LoopbackServer.replaying(replay) { server in
                let desk = try await Self.desk(server)
                let trial = try await desk.expect(1, "source", "test", "directory")
                #expect(trial.says("not covered", "refused (401)") && !trial.says("t-secret"))
                let before = try await desk.entries()
                let outcome = try await desk.expect(1, "collect", "--clock", "2025-01-02T00:00:00Z")
                #expect(outcome.says("not covered, directory: idp.account", "refused (401)"))
                #expect(try await desk.entries() == before + 1, "the failure is on record")
                #expect(!outcome.says("t-secret"))
            }
        }

        @Test func `accounts come in, and one that is gone has ceased to be`() async throws {
            let other = Self.user.replacing("u1", with: "u2").replacing("asha", with: "ben")
            let replay = Replay([
                Self.users(Reply(200, text: #"{"totalResults":2,"Resources":[\#(Self.user),\#(other)]}"#))
            ])
            try await LoopbackServer.replaying(replay) { server in
                let desk = try await Self.desk(server)
                let first = try await desk.json(0, "collect", "--clock", "2025-01-02T00:00:00Z")
                #expect(first.array?.first?["facts"]?.integer == 3, "two accounts and their coverage")
                replay.change(Self.path, to: Reply(200, text: #"{"totalResults":1,"Resources":[\#(other)]}"#))
                let second = try await desk.json(0, "collect", "--clock", "2025-01-03T00:00:00Z")
                #expect(second.array?.first?["facts"]?.integer == 2, "its end and new coverage")
                // Whoever asks has an account himself: none at all is one that may not be seen.
                replay.change(Self.path, to: Reply(200, text: #"{"totalResults":0,"Resources":[]}"#))
                let none = try await desk.json(1, "collect", "--clock", "2025-01-04T00:00:00Z")
                #expect(none.array?.first?["facts"]?.integer == 0)
                try await desk.expect(0, "fsck")
            }
        }
    }
#endif
