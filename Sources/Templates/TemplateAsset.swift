import CAssets

/// A file of the templates that is part of the program. That it is there is a matter of the build, and tests see to it.
enum TemplateAsset: String {
    case list = "templates/templates.json"
    case controls = "templates/controls.yaml"
    case policies = "templates/policies.md"
    case standards = "templates/standards.md"
    case registers = "templates/registers.yaml"

    var bytes: [UInt8] {
        let asset = assay_asset_named(rawValue)
        guard let start = asset.bytes else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: asset.count))
    }

    /// The parts that begin with a line `#@ heading`: the heading and the lines below it.
    var sections: [(heading: String, text: String)] {
        var sections: [(heading: String, lines: [Substring])] = []
        for line in String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("#@ ") {
                sections.append((String(line.dropFirst(3)), []))
            } else if !sections.isEmpty {
                sections[sections.count - 1].lines.append(line)
            }
        }
        return sections.map { section in
            var lines = section.lines
            while lines.last == "" { lines.removeLast() }
            return (section.heading, lines.joined(separator: "\n"))
        }
    }
}
