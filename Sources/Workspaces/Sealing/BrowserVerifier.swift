package import Ledger
import Reports
import StorageSQLite

extension Workspace {
    /// Writes the page that verifies packages in a web browser, without a network; returns its digest, to be published
    /// where the page's receivers find it.
    package func writeBrowserVerifier(to path: String) throws -> Digest {
        let page = try BrowserVerifier.page()
        try DurableFile.write(page, to: path)
        return .sha256(page)
    }
}
