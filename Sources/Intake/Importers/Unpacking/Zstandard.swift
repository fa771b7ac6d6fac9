import Formats

/// Unpacks Zstandard frames (RFC 8878) with the system's libzstd.
final class Zstandard {
    /// `ZSTD_inBuffer` and `ZSTD_outBuffer` of zstd.h.
    private struct Buffer {
        var bytes: UnsafeMutableRawPointer?
        var size: Int
        var position: Int
    }

    private typealias Create = @convention(c) () -> OpaquePointer?
    private typealias Release = @convention(c) (OpaquePointer?) -> Int
    private typealias Limit = @convention(c) (OpaquePointer?, Int32, Int32) -> Int
    private typealias Step =
        @convention(c) (
            OpaquePointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer
        ) -> Int
    private typealias IsError = @convention(c) (Int) -> UInt32

    private let context: OpaquePointer?
    private let step: Step
    private let isError: IsError
    private let release: Release
    private let input: ByteStream
    private var packed: [UInt8] = []
    private var at = 0
    private var isInFrame = false

    init(_ input: ByteStream) throws(ImportError) {
        let library = try SharedLibrary("libzstd.so.1", package: "libzstd1")
        step = try library.function("ZSTD_decompressStream", as: Step.self)
        isError = try library.function("ZSTD_isError", as: IsError.self)
        release = try library.function("ZSTD_freeDCtx", as: Release.self)
        let create = try library.function("ZSTD_createDCtx", as: Create.self)
        let limit = try library.function("ZSTD_DCtx_setParameter", as: Limit.self)
        context = create()
        self.input = input
        // ZSTD_d_windowLogMax: a frame may not ask for more than 32 MiB of memory.
        _ = limit(context, 100, 25)
    }

    deinit { _ = release(context) }

    /// What is unpacked, piece by piece.
    var stream: ByteStream { ByteStream { try self.next() } }

    private func next() throws -> [UInt8] {
        while true {
            if at == packed.count {
                packed = try input.next()
                at = 0
                if packed.isEmpty {
                    if isInFrame {
                        throw ImportError("the compressed data ends too early: the file is cut off")
                    }
                    return []
                }
            }
            let found = try unpack()
            if !found.isEmpty { return found }
        }
    }

    private func unpack() throws(ImportError) -> [UInt8] {
        var status = 0
        let found = [UInt8](unsafeUninitializedCapacity: 1 << 18) { output, filled in
            packed.withUnsafeMutableBytes { bytes in
                var given = Buffer(bytes: bytes.baseAddress, size: bytes.count, position: at)
                var taken = Buffer(bytes: output.baseAddress, size: output.count, position: 0)
                status = step(context, &taken, &given)
                at = given.position
                filled = taken.position
            }
        }
        if isError(status) != 0 {
            throw ImportError("the compressed data is damaged, or asks for too much memory")
        }
        isInFrame = status != 0
        return found
    }
}
