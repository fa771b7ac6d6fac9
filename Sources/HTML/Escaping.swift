import Formats

/// Makes text harmless in the two places where it may stand, in HTML as in XML.
package enum Escaping {
    /// For text between tags and for attribute values in double quotes: both need the same five characters away.
    ///
    /// What is unfit to show becomes U+FFFD; HTML allows none of it but overrides of the writing direction, and XML 1.0
    /// allows the rest.
    package static func text(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            default: result.append(scalar.isUnfitToShow ? "\u{FFFD}" : scalar)
            }
        }
        return String(result)
    }
}
