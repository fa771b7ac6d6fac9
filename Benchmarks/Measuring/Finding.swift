/// One line of the table: what was done, how fast, beside what, and whether that is enough.
struct Finding {
    let work: String
    let figure: String
    /// The peer or the bound, with its own figure; empty when there is none.
    let beside: String
    /// Our speed as a share of the peer's or the bound's.
    let ratio: Double?
    let gate: Gate?

    init(_ work: String, _ figure: String, beside: String = "", ratio: Double? = nil, gate: Gate? = nil) {
        self.work = work
        self.figure = figure
        self.beside = beside
        self.ratio = ratio
        self.gate = gate
    }
}

/// What a measurement must reach.
struct Gate {
    let text: String
    let isMet: Bool

    /// At least this share of the peer's or the bound's speed.
    static func share(_ least: Double, found: Double) -> Gate {
        Gate(text: "≥\(Figure.bond)\(Figure.percent(least))", isMet: found >= least)
    }

    /// At least so many times the peer's speed.
    static func times(_ least: Int, found: Double) -> Gate {
        Gate(text: "≥\(Figure.bond)\(least)x", isMet: found >= Double(least))
    }

    /// At least this many a second.
    static func rate(_ least: Double, found: Double) -> Gate {
        Gate(text: "≥\(Figure.bond)\(Figure.rate(least))", isMet: found >= least)
    }

    /// At least this many bytes a second.
    static func bytes(_ least: Double, found: Double) -> Gate {
        Gate(text: "≥\(Figure.bond)\(Figure.bytes(least))", isMet: found >= least)
    }

    /// At most this long.
    static func seconds(_ most: Double, found: Double) -> Gate {
        Gate(text: "≤\(Figure.bond)\(Figure.time(most))", isMet: found <= most)
    }
}

/// How numbers are written: three digits that count, and a unit.
enum Figure {
    /// Stands between number and unit until the table is laid out, so that no line ends there.
    static let bond = "\u{A0}"

    static func rate(_ perSecond: Double) -> String {
        let (value, unit) = scaled(perSecond, [(1e6, "M/s"), (1e3, "k/s"), (1, "/s")])
        return digits(value) + bond + unit
    }

    static func bytes(_ perSecond: Double) -> String {
        let (value, unit) = scaled(perSecond, [(1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s")])
        return digits(value) + bond + unit
    }

    static func time(_ seconds: Double) -> String {
        let (value, unit) = scaled(seconds, [(1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")])
        return digits(value) + bond + unit
    }

    static func percent(_ share: Double) -> String { digits(share * 100) + bond + "%" }

    static func count(_ number: Int) -> String {
        number >= 10_000 && number % 1_000 == 0 ? "\(number / 1_000)k" : "\(number)"
    }

    /// A share below three is written in per cent, a larger one as a factor.
    static func ratio(_ share: Double) -> String {
        share < 3 ? percent(share) : digits(share) + bond + "x"
    }

    private static func scaled(_ value: Double, _ units: [(Double, String)]) -> (Double, String) {
        let unit = units.first { abs(value) >= $0.0 } ?? units[units.count - 1]
        return (value / unit.0, unit.1)
    }

    private static func digits(_ value: Double) -> String {
        let places = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
        let power = [1, 10, 100][places]
        let rounded = Int((abs(value) * Double(power)).rounded())
        var text = "\(rounded / power)"
        let fraction = rounded % power
        if fraction != 0 {
            let padded = String("\(power + fraction)".dropFirst())
            text += "." + (padded.hasSuffix("0") ? String(padded.dropLast()) : padded)
        }
        return (value < 0 ? "-" : "") + text
    }
}
