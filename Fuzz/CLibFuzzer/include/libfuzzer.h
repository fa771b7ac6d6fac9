// The one entry point of libFuzzer for programs that have a main of their own (llvm.org/docs/LibFuzzer.html).
#ifndef ASSAY_LIBFUZZER_H
#define ASSAY_LIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(
    int *_Nonnull argc, char *_Nullable *_Nonnull *_Nonnull argv,
    int (*_Nonnull test)(const uint8_t *_Nullable bytes, size_t count));

#endif
