import Transport

/// What the references within a bill of materials stand for. Many tools draw them anew for each document, so that they
/// name nothing beyond it.
struct ComponentReferences {
    /// Bytes of text that are held: some hundred thousand components.
    private static let limit = 32 << 20

    /// An empty name stands for several components of one reference: nobody can tell which is meant.
    private var names: [String: String] = [:]
    private var size = 0
    /// Package URLs, by which some tools refer to components that bear another reference, or none.
    private var packages: Set<String> = []
    private var packageSize = 0
    /// Something was left out for want of room.
    var isFull: Bool { max(size, packageSize) > Self.limit }

    mutating func add(_ component: BillOfMaterials.Component, depth: Int = 0) {
        if let reference = component.reference, let name = component.identity { add(reference, name) }
        if let package = component.purl, !package.isEmpty, package != component.reference { add(package) }
        if depth > BillOfMaterials.depthLimit { return }
        for part in component.parts { add(part, depth: depth + 1) }
    }

    private mutating func add(_ reference: String, _ name: String) {
        if let known = names[reference] {
            if known != name { names[reference] = "" }
            return
        }
        size += reference.utf8.count + name.utf8.count + 64
        if size <= Self.limit { names[reference] = name }
    }

    private mutating func add(_ package: String) {
        if packages.contains(package) { return }
        packageSize += package.utf8.count + 64
        if packageSize <= Self.limit { packages.insert(package) }
    }

    /// The component that is meant; nil where none, or more than one, bears the reference.
    ///
    /// A link to a part of a document (`urn:cdx:serial/version#reference`) is told by its end, which may be escaped.
    func name(of reference: String) -> String? {
        if let name = known(reference) { return name }
        guard reference.hasPrefix("urn:cdx:"), let mark = reference.firstIndex(of: "#") else { return nil }
        let part = reference[reference.index(after: mark)...]
        return known(String(part)) ?? known(URLText.unescape(part))
    }

    /// What bears the reference comes before what has it for its package URL.
    private func known(_ reference: String) -> String? {
        guard let name = names[reference] else { return packages.contains(reference) ? reference : nil }
        return name.isEmpty ? nil : name
    }
}

extension BillOfMaterials.Component {
    /// What it is called in every document: its package URL, or else group, name and version.
    fileprivate var identity: String? {
        if let purl, !purl.isEmpty { return purl }
        guard let name, !name.isEmpty else { return nil }
        let full = [group, name].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "/")
        guard let version, !version.isEmpty else { return full }
        return "\(full)@\(version)"
    }
}
