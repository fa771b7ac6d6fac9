/// A file to be written for the reader: its path below the folder they chose, and its bytes.
package struct ExampleFile: Sendable, Hashable {
    /// Relative, with forward slashes, such as `program/tests.yaml`.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    package init(_ path: String, _ text: String) {
        self.init(path: path, bytes: Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
    }
}
