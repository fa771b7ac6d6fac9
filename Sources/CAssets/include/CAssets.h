#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>

/* A file that is part of the program. The bytes live as long as the program. */
typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} assay_asset;

/* The asset with this name; its bytes are NULL when there is none. */
assay_asset assay_asset_named(const char *name);

#endif
