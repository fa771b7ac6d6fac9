import Formats

extension ImportReport {
    /// A component of the product that the document is about.
    func component(_ name: String, version: String?, purl: String?, license: String?) throws {
        let service = subject ?? fallbackSubject
        var fields = Fields()
        fields.text("license", license)
        fields.text("name", name)
        fields.text("purl", purl)
        fields.text("service", service)
        fields.text("version", version)
        try state("sbom.component", Fields.key(service, purl ?? name, version), fields)
    }

    /// What a supplier says of a vulnerability in a product. It is the supplier's word, not a test.
    func vex(
        _ vulnerability: String, product: String, status: String, justification: String?, response: String?
    ) throws {
        var fields = Fields()
        fields.text("justification", justification)
        fields.text("product", product)
        fields.text("response", response)
        fields.text("status", status)
        fields.text("supplier", toolName)
        fields.text("vulnerability", vulnerability)
        try state("vex.statement", Fields.key(toolName, product, vulnerability), fields)
    }
}
