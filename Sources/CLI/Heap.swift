import CHeap

/// How the C library deals with memory.
enum Heap {
    /// From now on, half a megabyte or more goes back to the system as soon as it is freed. Left to itself, the C library
    /// comes to keep ever larger pieces (mallopt(3), `M_MMAP_THRESHOLD`): a fifth of what the assessment of a year holds
    /// would be memory that nobody uses.
    static func returnLargeBlocks() {
        _ = mallopt(M_MMAP_THRESHOLD, 512 << 10)
    }
}
