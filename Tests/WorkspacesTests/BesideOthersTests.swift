import Dispatch
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Workspaces

/// What commands do that run at the same time, or were killed before.
@Suite struct BesideOthersTests {
    private let scratch: ScratchWorkspace

    init() throws {
        scratch = try ScratchWorkspace()
    }

    /// A key that two commands ended at once would leave a log that nobody could follow.
    @Test(arguments: KeyPurpose.allCases)
    func `of changes of a key at the same time each follows the one before, or is refused`(
        _ purpose: KeyPurpose
    ) throws {
        _ = try scratch.applied()
        let done = Mutex(0)
        let folder = scratch.folder
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            let rotated = try? Workspace(opening: folder + "/.assay")
                .rotate(purpose, reason: "test", protection: .mode, clock: .system)
            if rotated != nil { done.withLock { $0 += 1 } }
        }
        #expect(done.withLock { $0 } > 0)
        #expect(try scratch.opened().keys().terms(purpose).count == done.withLock { $0 } + 1)
        #expect(try scratch.opened().fsck().faults == [])
    }

    @Test func `what a killed process left of a payload goes with the next erasure`() throws {
        let left = scratch.folder + "/.assay/blobs/.blob.tmp-1-0"
        try Data("what was erased".utf8).write(to: URL(fileURLWithPath: left))
        #expect(try scratch.workspace.finishErasure() == (1, true))
        #expect(!FileManager.default.fileExists(atPath: left))
    }
}
