package import Formats

/// "Example Imaging (synthetic data)": a year of a company that does not exist, with its program and its evidence.
///
/// The same seed gives the same bytes, on every machine and in every version of Swift. Nobody in it has a name: people
/// are ids such as `p-001`.
package struct ExampleCompany: Sendable {
    package let seed: UInt64
    /// How many people work there at some time of the year.
    package let people: Int
    /// What was put into the evidence on purpose, in the order of time.
    package let stories: [Story]

    private let observations: [Observation]

    /// - Parameter people: fewer than 52 are taken as 52, because the stories need their people.
    package init(seed: UInt64, people: Int = 60) {
        let workforce = Workforce(people: people, seed: seed)
        let chapters = [
            Chapter(observations: workforce.employments), Training(workforce: workforce).chapter(seed: seed),
            Directory(workforce: workforce).chapter(seed: seed),
            SourceControl(workforce: workforce).chapter(seed: seed), Backups().chapter(seed: seed),
            Scans().chapter(seed: seed), Chapter(stories: CloudInventory.stories),
        ]
        self.seed = seed
        self.people = workforce.workers.count
        observations = chapters.flatMap(\.observations)
        stories = chapters.flatMap(\.stories).enumerated().sorted { left, right in
            (left.element.when.start, left.offset) < (right.element.when.start, right.offset)
        }.map(\.element)
    }

    /// The period under examination, with both ends at midnight UTC.
    package static let period = ObservationYear.period

    /// When the first version of the program is applied: before anything is recorded.
    package static let start = ObservationYear.collected

    /// When the second version of the program is applied, and where the two evidence files meet.
    package static let update = ObservationYear.applied

    /// Everything, sorted by path: `README.txt`, `program/`, `program-update/` and `evidence/`.
    package func files() -> [ExampleFile] {
        let batches = Collections(observations: observations, cloud: CloudInventory(seed: seed)).batches
        let before = batches.filter { $0.recorded < Self.update }
        let after = batches.filter { $0.recorded >= Self.update }
        let all =
            [
                ExampleFile(path: "evidence/1-before-update.jsonl", bytes: Self.lines(before)),
                ExampleFile(path: "evidence/2-after-update.jsonl", bytes: Self.lines(after)),
                ExampleFile("README.txt", readme),
            ] + ExampleProgram.files(in: "program", updated: false)
            + ExampleProgram.files(in: "program-update", updated: true)
        return all.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private static func lines(_ batches: [ExampleBatch]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in batches.flatMap(\.lines) {
            do {
                try CanonicalJSON.append(line, to: &bytes)
            } catch {
                preconditionFailure("the example holds no number that canonical JSON cannot say: \(error)")
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
