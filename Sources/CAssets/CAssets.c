#include "CAssets.h"

#include <string.h>

static const unsigned char kinds[] = {
#embed "assets/kinds.json"
};

static const unsigned char criteria[] = {
#embed "assets/criteria.json"
};

static const unsigned char verifier[] = {
#embed "assets/verifier.html"
};

static const assay_asset assets[] = {
    {"kinds.json", kinds, sizeof kinds},
    {"criteria.json", criteria, sizeof criteria},
    {"verifier.html", verifier, sizeof verifier},
};

assay_asset assay_asset_named(const char *name) {
    for (size_t i = 0; i < sizeof assets / sizeof *assets; i++) {
        if (strcmp(assets[i].name, name) == 0) {
            return assets[i];
        }
    }
    return (assay_asset){name, NULL, 0};
}
