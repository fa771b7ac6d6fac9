import Formats

/// The mounted file systems on block devices, and whether they lie on encryption that this machine can see.
enum HostVolumes {
    static let reading = HostReading(
        kind: "host.volume",
        query:
            "file systems on block devices by /proc/self/mountinfo and /sys/class/block; network, virtual and "
            + "read-only image file systems left out; encryption below the machine, such as a cloud's, not seen"
    ) { scope async throws(HostFailure) in try read(scope) }

    private static let images: Set<String> = ["squashfs", "iso9660", "erofs"]

    private static func read(_ scope: HostScope) throws(HostFailure) -> HostRecords {
        let path = "/proc/self/mountinfo"
        let text: String
        do {
            text = try scope.machine.text(path)
        } catch {
            throw HostFailure(error, path)
        }
        var result = HostRecords()
        for line in text.utf8.split(separator: 0x0A) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 2 else {
                throw HostFailure(path, "a line is not of the form of proc(5)")
            }
            let (filesystem, device) = (words[dash + 1], unescaped(words[dash + 2]))
            if images.contains(filesystem) { continue }
            if filesystem == "zfs" {
                throw HostFailure(unescaped(words[4]), "the encryption of ZFS data sets is not read here")
            }
            guard device.hasPrefix("/dev/") else { continue }
            // Device files themselves are mounted like this in containers.
            if ["devtmpfs", "tmpfs", "devpts"].contains(filesystem) { continue }
            let mount = unescaped(words[4])
            guard let isEncrypted = encryption(device, number: words[2], scope.machine) else {
                throw HostFailure(
                    device, "/sys does not show this block device: it cannot be told what it lies on")
            }
            result.add(
                scope, [String(mount.dropFirst())],
                [
                    ("device", .string(device)), ("mount", .string(mount)),
                    ("filesystem", .string(filesystem)),
                    ("encrypted", .bool(isEncrypted)),
                ])
        }
        return result
    }

    private static func encryption(_ device: String, number: String, _ machine: any Machine) -> Bool? {
        // Device numbers are the surest; file systems with numbers of their own, such as btrfs, need the name.
        if machine.exists("/sys/dev/block/\(number)") {
            return isEncrypted("/sys/dev/block/\(number)", machine, depth: 0)
        }
        let name = device.split(separator: "/").last.map(String.init) ?? ""
        if machine.exists("/sys/class/block/\(name)") {
            return isEncrypted("/sys/class/block/\(name)", machine, depth: 0)
        }
        for block in (try? machine.list("/sys/class/block")) ?? [] where block.hasPrefix("dm-") {
            if machine.word("/sys/class/block/\(block)/dm/name") == name {
                return isEncrypted("/sys/class/block/\(block)", machine, depth: 0)
            }
        }
        return nil
    }

    /// What cryptsetup makes and is encrypted; its `VERITY` and `INTEGRITY` only check what anybody can read.
    private static let ciphers = ["LUKS1", "LUKS2", "PLAIN", "BITLK", "TCRYPT", "LOOPAES", "FVAULT2"]

    /// A device is encrypted when dm-crypt made it, or when all that it is made of is.
    private static func isEncrypted(_ folder: String, _ machine: any Machine, depth: Int) -> Bool {
        let id = machine.word("\(folder)/dm/uuid") ?? ""
        if ciphers.contains(where: { id.hasPrefix("CRYPT-\($0)-") }) { return true }
        let below = (try? machine.list("\(folder)/slaves")) ?? []
        guard depth < 16, !below.isEmpty else { return false }
        return below.allSatisfy { isEncrypted("/sys/class/block/\($0)", machine, depth: depth + 1) }
    }

    /// Blanks and the like stand as three octal digits behind a backslash.
    private static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
