import Formats

extension Lint {
    /// Controls that make good for each other in a circle would excuse each other's failures. Each circle is named once,
    /// from its first control by id.
    mutating func compensation() {
        let controls = Dictionary(
            program.controls.map { ($0.id, $0.compensating) }, uniquingKeysWith: { first, _ in first })
        for control in program.controls {
            guard let way = Self.circle(from: control.id, controls), way.min() == control.id else { continue }
            let circle = way + [control.id]
            let place = control.compensating.first { $0.id == circle[1] }?.place ?? .stored
            let names = circle.map(\.text).joined(separator: " → ")
            error(
                "compensation-circle", at: place,
                "these controls compensate each other in a circle: \(names)",
                remedy: "a control that failed cannot make good for another; remove one of the links")
        }
    }

    /// The shortest way from a control back to itself, the control first; nil when there is none.
    private static func circle(from start: Identifier, _ links: [Identifier: [Text]]) -> [Identifier]? {
        var ways = [[start]]
        var seen: Set<Identifier> = []
        var next = 0
        while next < ways.count {
            let way = ways[next]
            next += 1
            guard let last = way.last else { continue }
            for link in links[last] ?? [] {
                if link.id == start { return way }
                if seen.insert(link.id).inserted { ways.append(way + [link.id]) }
            }
        }
        return nil
    }
}
