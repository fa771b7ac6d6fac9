/// A file of a program as the caller found it: nothing in this module touches a disk.
package struct ProgramFile: Sendable, Hashable {
    /// As messages shall show it; the ending says what is inside: `.yaml` or `.yml` documents, `.md` a policy.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// What a file of a program holds.
    package enum Form: Sendable, Hashable {
        /// Any number of documents.
        case yaml
        /// A policy, a procedure or a standard.
        case markdown

        /// Tells it by the ending of a path, in small letters or capitals; nil for what is no file of a program.
        package init?(path: String) {
            let path = path.lowercased()
            if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
                self = .yaml
            } else if path.hasSuffix(".md") {
                self = .markdown
            } else {
                return nil
            }
        }
    }
}
