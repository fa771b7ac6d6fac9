import Foundation

/// Hands what tests have from elsewhere to the fuzzer: published vectors, answers of programs that are not ours.
///
/// With `ASSAY_FUZZ_SEEDS` set to a folder, as `FUZZ_VECTORS=1 make fuzz` does, each input becomes a file below the folder
/// of its target.
package enum FuzzSeeds {
    package static func keep(_ bytes: [UInt8], for target: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["ASSAY_FUZZ_SEEDS"] else { return }
        let place = URL(fileURLWithPath: folder).appendingPathComponent(target)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        // FNV-1a: the same input has the same name in each run.
        let name = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        try Data(bytes).write(to: place.appendingPathComponent("vector-\(String(name, radix: 16))"))
    }
}
