/// A file of a program as the caller found it: nothing in this module touches a disk.
package struct ProgramFile: Sendable, Hashable {
    /// As messages shall show it; the ending says what is inside: `.yaml` or `.yml` documents, `.md` a policy.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
