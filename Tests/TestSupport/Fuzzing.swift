import Foundation

/// How much the randomized comparisons try.
package enum Fuzzing {
    /// Whether `ASSAY_FUZZ=full` asks for the long run.
    package static let isFull = ProcessInfo.processInfo.environment["ASSAY_FUZZ"] == "full"
}
