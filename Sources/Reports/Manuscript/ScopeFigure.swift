import Formats
package import Programs

/// What belongs to the examined systems and whom they rely on, as the documents have it: a figure, and a table that says
/// the same in words.
package struct ScopeFigure: Sendable, Hashable {
    /// The column in which a part stands.
    package enum Role: String, Sendable, Hashable {
        case system, asset, vendor
    }

    /// How a part takes part.
    enum Kind: Sendable, Hashable {
        /// A system of the examination.
        case examined
        /// An asset, by its class.
        case classified(String)
        /// A vendor, by the method by which it is treated.
        case included, carvedOut, vendorOnly

        /// What it is called where people read it.
        var word: String {
            switch self {
            case .examined: "examined"
            case .classified(let name): name
            case .included: "included"
            case .carvedOut: "carved out"
            case .vendorOnly: "vendor only"
            }
        }
    }

    /// A system, an asset or a vendor.
    package struct Part: Sendable, Hashable {
        let role: Role
        let id: String
        let title: String
        let kind: Kind
        let hasPHI: Bool
        /// Countries, as far as they are stated.
        let places: [String]
        let isDraft: Bool
    }

    /// Places of two parts: a system, or an asset, and what it holds or relies on.
    package struct Tie: Sendable, Hashable {
        let from: Int
        let to: Int
    }

    let parts: [Part]
    let ties: [Tie]

    package init(_ program: Program) {
        let systems = program.systems
        let assets = program.assets
        let vendors = program.vendors
        var parts = systems.map {
            Part(
                role: .system, id: $0.id.text, title: $0.title, kind: .examined, hasPHI: false, places: [],
                isDraft: $0.isDraft)
        }
        parts += assets.map {
            Part(
                role: .asset, id: $0.id.text, title: $0.title, kind: .classified($0.classification.rawValue),
                hasPHI: $0.hasPHI, places: $0.country.map { [$0.value] } ?? [], isDraft: false)
        }
        parts += vendors.map { vendor in
            let kind: Kind =
                switch vendor.method {
                case .carveOut: .carvedOut
                case .inclusive: .included
                case nil: .vendorOnly
                }
            return Part(
                role: .vendor, id: vendor.id.text, title: vendor.title, kind: kind, hasPHI: vendor.hasPHI,
                places: vendor.countries.map(\.value), isDraft: vendor.isDraft)
        }
        self.parts = parts
        var ties: [Tie] = []
        func place(_ role: Role, _ id: String) -> Int? {
            parts.firstIndex { $0.role == role && $0.id == id }
        }
        func tie(_ from: Int?, _ to: Int?) {
            guard let from, let to, !ties.contains(Tie(from: from, to: to)) else { return }
            ties.append(Tie(from: from, to: to))
        }
        for asset in assets {
            let own = place(.asset, asset.id.text)
            tie(asset.system.flatMap { place(.system, $0.value) }, own)
            tie(own, asset.vendor.flatMap { place(.vendor, $0.value) })
        }
        for system in systems {
            for vendor in system.vendors { tie(place(.system, system.id.text), place(.vendor, vendor.value)) }
        }
        for vendor in vendors {
            for system in vendor.systems { tie(place(.system, system.value), place(.vendor, vendor.id.text)) }
        }
        self.ties = ties
    }

    /// One part alone needs no figure, and very many fit on no page: then the table says it all.
    var isWorthDrawing: Bool { (2...40).contains(parts.count) }

    /// Parts that no document ties to a system, directly or through an asset.
    var loose: [Part] {
        parts.enumerated().filter { index, part in
            part.role != .system && !ties.contains { $0.to == index }
        }.map(\.element)
    }

    /// The same in words.
    var table: Sheet {
        Sheet(
            "Systems, what belongs to them, and whom they rely on",
            columns: ["Part", "What it is", "Belongs to, or serves", "Health information", "Where"],
            rows: parts.enumerated().map { index, part in
                let users = ties.filter { $0.to == index }.map { parts[$0.from].title }
                return [
                    Cell.named("\(part.title) (\(part.id))", isDraft: part.isDraft),
                    Cell("\(part.role.rawValue), \(part.kind.word)"),
                    part.role == .system
                        ? Cell("–")
                        : users.isEmpty
                            ? Cell("not stated", mark: .unknown) : Cell(users.joined(separator: ", ")),
                    Cell(part.role == .system ? "–" : part.hasPHI ? "yes" : "no"),
                    Cell(part.places.isEmpty ? "not stated" : part.places.joined(separator: ", ")),
                ]
            })
    }
}
