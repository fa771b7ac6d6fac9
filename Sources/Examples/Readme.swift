import Formats

extension ExampleCompany {
    /// One page about what the files are and what is hidden in them.
    var readme: String {
        """
        EXAMPLE IMAGING (SYNTHETIC DATA)

        Nothing here is real. Company, people, accounts and events come out of a generator
        with the seed \(seed); the same seed gives the same bytes. People are ids, not names.

        program/          what the company promises and how it is tested, in force from the start
        program-update/   the same as of \(Self.update.date): one test stricter, one waiver more
        evidence/1-...    what was recorded before noon of that day, as native JSON Lines
        evidence/2-...    what was recorded from noon on

        The period under examination runs from \(Self.period.start.date) to \(Self.period.end.date), midnight UTC.
        \(people) people work for the company at some time of it.

        To load it, run in this folder, where the workspace .assay is then made:

        \(Self.loading(from: "").map { "    " + $0.command }.joined(separator: "\n"))

        Each --clock stands for the day of the application: evidence of last year cannot follow a
        program that is applied today. The imports end with status 1: they tell what was not collected.

        What was put in on purpose: the verdict that must come out, the test, the key, the
        time, and what happened.

        \(stories.map(Self.line).joined(separator: "\n"))

        """
    }

    private static func line(_ story: Story) -> String {
        let key = story.key.utf8.count > 20 ? String(story.key.prefix(12)) + "…" : story.key
        let place = key.isEmpty ? story.test : story.test + " " + key
        return "- \(story.expectation.rawValue): \(place), \(story.when.start.date)\n  \(story.title)."
    }
}
