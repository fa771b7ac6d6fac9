import Formats

extension ImportReport {
    /// A component of the product that the document is about.
    /// - Parameter group: whose component of this name it is, where no package URL says so.
    func component(
        _ name: String, group: String? = nil, version: String?, purl: String?, license: String?
    ) throws {
        let service = subject ?? fallbackSubject
        var fields = Fields()
        fields.text("license", license)
        fields.text("name", name)
        fields.text("purl", purl)
        fields.text("service", service)
        fields.text("version", version)
        let full = [group, name].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "/")
        let isNamed = purl.map { !$0.isEmpty } ?? false
        try state("sbom.component", Fields.key(service, isNamed ? purl : full, version), fields)
    }

    /// What a supplier says of a vulnerability in a product. It is the supplier's word, not a test.
    /// - Parameter supplier: nil where the document names none but the tool that wrote it.
    func vex(
        _ vulnerability: String, product: String, status: String, justification: String?, response: String?,
        supplier: String? = nil
    ) throws {
        let supplier = supplier.flatMap { $0.isEmpty ? nil : $0 } ?? toolName
        var fields = Fields()
        fields.text("justification", justification)
        fields.text("product", product)
        fields.text("response", response)
        fields.text("status", status)
        fields.text("supplier", supplier)
        fields.text("vulnerability", vulnerability)
        try state("vex.statement", Fields.key(supplier, product, vulnerability), fields)
    }
}
