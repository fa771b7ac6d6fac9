package import Catalog
import Formats
package import Ledger

extension Kind {
    /// Identifies what columns depend on: name, mode, and the fields' names and types in their order.
    package var schemaDigest: Digest {
        var bytes: [UInt8] = []
        bytes.append(text: name.text)
        bytes.append(text: mode.rawValue)
        for field in fields {
            bytes.append(text: field.name)
            bytes.append(text: field.type.description)
        }
        return Digest.sha256(bytes)
    }
}
