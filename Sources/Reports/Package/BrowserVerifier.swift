import CAssets

/// The second verifier: a page of HTML and JavaScript that shares no code with this program, for whoever can open a page
/// but not install a program. Its source is `CAssets/assets/verifier.html`.
package enum BrowserVerifier {
    /// The page's bytes.
    package static func page() throws(PackageError) -> [UInt8] {
        let asset = assay_asset_named("verifier.html")
        guard let bytes = asset.bytes else { throw .missing("verifier.html") }
        return Array(UnsafeBufferPointer(start: bytes, count: asset.count))
    }
}
