import Formats

/// Unpacks DEFLATE data (RFC 1951) with the system's zlib: bare as in ZIP, or in gzip members (RFC 1952)
/// with nothing but zeros between and behind them.
final class Inflation {
    /// `z_stream` of zlib.h on 64-bit Linux: 14 words, used by their offsets.
    private static let size = 112
    private enum Offset {
        static let nextIn = 0
        static let availableIn = 8
        static let nextOut = 24
        static let availableOut = 32
    }
    private static let ok: Int32 = 0
    private static let streamEnd: Int32 = 1
    private static let bufferError: Int32 = -5

    private typealias Start =
        @convention(c) (
            UnsafeMutableRawPointer, Int32, UnsafePointer<CChar>, Int32
        ) -> Int32
    private typealias Step = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
    private typealias Plain = @convention(c) (UnsafeMutableRawPointer) -> Int32

    private let state: UnsafeMutableRawPointer
    private let step: Step
    private let reset: Plain
    private let release: Plain
    private let isRaw: Bool
    private let input: ByteStream
    private var packed: [UInt8] = []
    private var at = 0
    private var isDone = false
    private var isBetweenMembers = true

    init(_ input: ByteStream, isRaw: Bool) throws(ImportError) {
        let library = try SharedLibrary("libz.so.1", package: "zlib1g")
        let start = try library.function("inflateInit2_", as: Start.self)
        step = try library.function("inflate", as: Step.self)
        reset = try library.function("inflateReset", as: Plain.self)
        release = try library.function("inflateEnd", as: Plain.self)
        state = .allocate(byteCount: Self.size, alignment: 8)
        state.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
        self.input = input
        self.isRaw = isRaw
        // 15 is the largest window; 16 more asks for gzip, a negative one for bare data.
        let status = start(state, isRaw ? -15 : 31, "1.2.0", Int32(Self.size))
        if status != Self.ok { throw ImportError("zlib cannot start (status \(status))") }
    }

    deinit {
        _ = release(state)
        state.deallocate()
    }

    /// What is unpacked, piece by piece.
    var stream: ByteStream { ByteStream { try self.next() } }

    private func next() throws -> [UInt8] {
        while !isDone {
            if at == packed.count {
                packed = try input.next()
                at = 0
                if packed.isEmpty {
                    if isBetweenMembers, !isRaw { return [] }
                    throw ImportError("the compressed data ends too early: the file is cut off")
                }
            }
            if isBetweenMembers, !isRaw {
                // Tapes and disks are filled up with zeros, and no member begins with one.
                while at < packed.count, packed[at] == 0 { at += 1 }
                if at == packed.count { continue }
            }
            let found = try unpack()
            if !found.isEmpty { return found }
        }
        return []
    }

    private func unpack() throws(ImportError) -> [UInt8] {
        isBetweenMembers = false
        var status: Int32 = 0
        var left = 0
        let capacity = 1 << 18
        let found = [UInt8](unsafeUninitializedCapacity: capacity) { output, filled in
            packed.withUnsafeMutableBytes { bytes in
                state.storeBytes(
                    of: bytes.baseAddress.map { $0 + at }, toByteOffset: Offset.nextIn,
                    as: UnsafeMutableRawPointer?.self)
                state.storeBytes(
                    of: UInt32(bytes.count - at), toByteOffset: Offset.availableIn, as: UInt32.self)
                state.storeBytes(
                    of: output.baseAddress.map { UnsafeMutableRawPointer($0) }, toByteOffset: Offset.nextOut,
                    as: UnsafeMutableRawPointer?.self)
                state.storeBytes(of: UInt32(capacity), toByteOffset: Offset.availableOut, as: UInt32.self)
                status = step(state, 0)
                left = Int(state.load(fromByteOffset: Offset.availableIn, as: UInt32.self))
            }
            filled = capacity - Int(state.load(fromByteOffset: Offset.availableOut, as: UInt32.self))
        }
        at = packed.count - left
        switch status {
        case Self.ok, Self.bufferError: break
        case Self.streamEnd:
            if isRaw {
                isDone = true
            } else {
                isBetweenMembers = true
                _ = reset(state)
            }
        default: throw ImportError("the compressed data is damaged (zlib status \(status))")
        }
        return found
    }
}
