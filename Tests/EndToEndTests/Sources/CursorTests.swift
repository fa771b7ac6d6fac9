import Formats
import Testing

/// Where the next collection of a source begins.
@Suite struct CursorTests {
    /// A plug-in of two probes that keeps what it was asked, and fails while the file `broken` is there.
    private static func plugin(_ folder: String) -> String {
        """
        #!/bin/sh
        cd '\(folder)' || exit 2
        case "$1" in
        describe)
          echo '{"protocol":"evidence-plugin/1","name":"probes","version":"1","streams":[{"name":"probes",'\\
        '"primary_key":"id","fields":{"service":"string","up":"bool"},"complete":"events","maps_to":"uptime.probe"}]}' ;;
        check) cat > /dev/null; echo '{"ok":true}' ;;
        read)
          cat >> asked.jsonl
          echo '{"type":"start","stream":"probes","observed_at":"2025-01-02T00:00:00Z"}'
          echo '{"type":"state","value":{"page":7}}'
          [ -e broken ] && exit 4
          echo '{"type":"end","stream":"probes","count":0,"complete":true}' ;;
        esac
        """
    }

    @Test func `the next run begins where the last whole one ended`() async throws {
        let desk = try Desk()
        let path = try desk.scratch.write("plugin", Self.plugin(desk.scratch.path))
        _ = try await Command(
            executable: "/bin/chmod", arguments: ["755", path], folder: desk.scratch.path
        ).run()
        let sum = try await Command(
            executable: "sha256sum", arguments: [path], folder: desk.scratch.path
        ).run().output.prefix(64)
        try desk.scratch.write("program/all.yaml", TinyProgram.complete(synthetic: true))
        try desk.scratch.write(
            "program/sources.yaml",
            """
            source: probes
            connector: plugin
            command: ["\(path)"]
            params: { sha256: "\(sum)", since: 1d }
            kinds: [uptime.probe]

            """)
        try await desk.expect(0, "apply", "program", "--clock", "2025-01-01T00:00:00Z")
        try await desk.expect(0, "collect", "--clock", "2025-01-02T00:00:00Z")
        // A trial asks as if for the first time, and moves nothing.
        try await desk.expect(0, "source", "test", "probes", "--clock", "2025-01-02T12:00:00Z")
        try desk.scratch.write("broken", "")
        try await desk.expect(1, "collect", "--clock", "2025-01-03T00:00:00Z")
        try await desk.expect(1, "collect", "--clock", "2025-01-04T00:00:00Z")

        let asked = try desk.scratch.read("asked.jsonl").split(separator: 0x0A).map {
            try JSON(parsing: Array($0))
        }
        #expect(
            asked.map { $0["since"]?.string } == [
                "2025-01-01T00:00:00Z", "2025-01-01T12:00:00Z", "2025-01-01T23:00:00Z",
                "2025-01-01T23:00:00Z",
            ], "an hour earlier, for what arrives late")
        #expect(asked.last?["until"]?.string == "2025-01-04T00:00:00Z")
        // What it remembered goes with it, also out of a run that failed.
        #expect(asked.map { $0["state"]?["page"]?.integer } == [nil, nil, 7, 7])
        try await desk.expect(0, "fsck")
    }
}
