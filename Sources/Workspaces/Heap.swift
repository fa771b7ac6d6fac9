import CHeap

/// How the C library deals with memory.
package enum Heap {
    /// From now on, what takes 32 MB or more goes back to the system as soon as it is freed, and of the rest all but
    /// 64 MB. Left to itself, the C library comes to keep ever larger pieces (mallopt(3), `M_MMAP_THRESHOLD`): a fifth of
    /// what the assessment of a year holds would be memory that nobody uses. With limits of a megabyte, a fifth of the
    /// time would go into pages that are handed to and fro.
    package static func returnLargeBlocks() {
        _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 64 << 20)
    }
}
