import Formats

/// One of the commands that load the example, and what it does.
package struct LoadingStep: Sendable, Hashable {
    package let command: String
    package let purpose: String
}

extension ExampleCompany {
    /// What loads the example and looks at it, in this order. The program takes effect before anything was recorded: one
    /// that was applied today could not be followed by the evidence of last year.
    ///
    /// - Parameter folder: where the files are, with a slash at its end; empty for the present one.
    package static func loading(from folder: String) -> [LoadingStep] {
        let steps = [
            ("apply \(folder)program --clock \(start)", "makes the workspace"),
            ("import \(folder)evidence/1-before-update.jsonl", "tells what was not collected"),
            ("apply \(folder)program-update --clock \(update)", "one test stricter"),
            ("import \(folder)evidence/2-after-update.jsonl", "the rest of the year"),
            ("assess", "the window and its exceptions"),
        ]
        return steps.map { LoadingStep(command: "assay " + $0, purpose: $1) }
    }
}
