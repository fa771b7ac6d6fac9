import Glibc

/// A C library of the system, opened when it is first needed: who imports nothing compressed needs none.
struct SharedLibrary {
    private let handle: UnsafeMutableRawPointer
    private let name: String

    /// - Throws: how to install it, when it is missing.
    init(_ name: String, package: String) throws(ImportError) {
        guard let handle = dlopen(name, RTLD_NOW) else {
            throw ImportError(
                "the system has no \(name); install the package \(package), or unpack the file first")
        }
        self.handle = handle
        self.name = name
    }

    /// A function of the library, as the type says.
    func function<Function>(_ symbol: String, as type: Function.Type) throws(ImportError) -> Function {
        guard let address = dlsym(handle, symbol) else { throw ImportError("\(name) has no \(symbol)") }
        return unsafeBitCast(address, to: type)
    }
}
