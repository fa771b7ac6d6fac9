import Formats
import Foundation
import Testing

/// A browser without a window that opens the page and hands it packages.
struct Browser {
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let desk: Desk
    private let source: String

    /// The page as the program writes it.
    static func page(_ desk: Desk) async throws -> Browser {
        try await desk.expect(0, "package", "--out", "any.assay", "--with-verifier", "verifier.html")
        return Browser(
            desk: desk, source: String(decoding: try desk.scratch.read("verifier.html"), as: UTF8.self))
    }

    /// What the page finds out about each package.
    func findings(_ packages: [[UInt8]], key: String) async throws -> [JSON] {
        try await findings(chosen: packages.map { [$0] }, key: key)
    }

    /// What the page finds out about the files that are chosen at one time.
    func findings(chosen: [[[UInt8]]], key: String) async throws -> [JSON] {
        let list = chosen.map { files in
            "[" + files.map { "\"" + Base64.encode($0) + "\"" }.joined(separator: ",") + "]"
        }.joined(separator: ",")
        return try await found(
            """
            for (const given of [\(list)]) {
              const blobs = given.map(file => new Blob([Uint8Array.from(atob(file), c => c.charCodeAt(0))]));
              found.push(await verifyFiles(blobs, "\(key)"));
            }
            """)
    }

    /// What the page's own functions have to say against each of these expressions; empty where they say nothing.
    func complaints(_ expressions: [String]) async throws -> [String] {
        let attempts = expressions.map { "async () => \($0)" }.joined(separator: ",\n")
        return try await found(
            """
            for (const attempt of [\(attempts)]) {
              try { await attempt(); found.push(""); } catch (error) { found.push(error.message); }
            }
            """
        ).map { try #require($0.string) }
    }

    /// What a visitor's script finds.
    private func found(_ script: String) async throws -> [JSON] {
        // The page itself stays as it is; behind it stands what a visitor would do with it. The browser's clock is a
        // virtual one that leaps to its end when nothing is left to do: the beat keeps it from leaping while hashes are
        // computed, and no real time is waited for.
        let visitor = """
            <script>
            (async () => {
              const beat = setInterval(() => {}, 1);
              const found = [];
              \(script)
              const place = document.createElement("pre");
              place.id = "findings";
              place.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(found))));
              document.body.append(place);
              clearInterval(beat);
            })();
            </script>
            """
        let folder = desk.scratch.path("browser")
        try desk.scratch.write("browser/page.html", source + visitor)
        let outcome = try await Command(
            executable: Self.path ?? "",
            arguments: [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=\(folder)/profile", "--virtual-time-budget=100000000", "--dump-dom",
                "file://\(folder)/page.html",
            ], environment: ["HOME": folder], folder: folder
        ).run()
        let opening = #"<pre id="findings">"#
        let start = try #require(outcome.output.range(of: opening), "\(outcome.errors.suffix(1_000))")
        let text = outcome.output[start.upperBound...].prefix { $0 != "<" }
        let bytes = try #require(Base64.decode(String(text)))
        return try #require(try JSON(parsing: bytes).array)
    }
}
