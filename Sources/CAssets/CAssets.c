#include "CAssets.h"

#include <string.h>

static const unsigned char kinds[] = {
#embed "assets/kinds.json"
};

static const unsigned char criteria[] = {
#embed "assets/criteria.json"
};

static const unsigned char hipaa[] = {
#embed "assets/hipaa.json"
};

static const unsigned char csf[] = {
#embed "assets/csf.json"
};

static const unsigned char hitrust[] = {
#embed "assets/hitrust.json"
};

static const unsigned char laws[] = {
#embed "assets/laws.json"
};

static const unsigned char crosswalk[] = {
#embed "assets/crosswalk.json"
};

static const unsigned char presets[] = {
#embed "assets/presets.json"
};

static const unsigned char rules[] = {
#embed "assets/rules.json"
};

static const unsigned char glossary[] = {
#embed "assets/glossary.json"
};

static const unsigned char underwriting[] = {
#embed "assets/underwriting.json"
};

static const unsigned char template_list[] = {
#embed "assets/templates/templates.json"
};

static const unsigned char template_controls[] = {
#embed "assets/templates/controls.yaml"
};

static const unsigned char template_policies[] = {
#embed "assets/templates/policies.md"
};

static const unsigned char template_standards[] = {
#embed "assets/templates/standards.md"
};

static const unsigned char template_registers[] = {
#embed "assets/templates/registers.yaml"
};

static const unsigned char verifier[] = {
#embed "assets/verifier.html"
};

static const assay_asset assets[] = {
    {"kinds.json", kinds, sizeof kinds},
    {"criteria.json", criteria, sizeof criteria},
    {"hipaa.json", hipaa, sizeof hipaa},
    {"csf.json", csf, sizeof csf},
    {"hitrust.json", hitrust, sizeof hitrust},
    {"laws.json", laws, sizeof laws},
    {"crosswalk.json", crosswalk, sizeof crosswalk},
    {"presets.json", presets, sizeof presets},
    {"rules.json", rules, sizeof rules},
    {"glossary.json", glossary, sizeof glossary},
    {"underwriting.json", underwriting, sizeof underwriting},
    {"templates/templates.json", template_list, sizeof template_list},
    {"templates/controls.yaml", template_controls, sizeof template_controls},
    {"templates/policies.md", template_policies, sizeof template_policies},
    {"templates/standards.md", template_standards, sizeof template_standards},
    {"templates/registers.yaml", template_registers, sizeof template_registers},
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
