import Catalog
import Programs
import Testing
import Workload

struct WorkloadFilesTests {
    @Test(arguments: [WorkloadSize.tiny, .small, .medium])
    func `the workload's programs can be applied`(size: WorkloadSize) throws {
        let editions = try WorkloadFiles.programs(size).map { path, text in
            try Program(reading: [ProgramFile(path: path, bytes: Array(text.utf8))])
        }
        for program in editions {
            let errors = program.lint(kinds: try .builtin(), criteria: try .builtin()).filter {
                $0.severity == .error
            }
            #expect(errors.isEmpty, "\(errors)")
        }
        let plan = ProgramPlan(from: editions[0], to: editions[1])
        #expect(plan.changed.count == 5 && plan.added.isEmpty && plan.removed.isEmpty)
    }
}
