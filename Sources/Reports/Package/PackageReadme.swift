/// The page that tells the holder of a package what it is and how to check it by hand.
enum PackageReadme {
    static func text(_ content: PackageContent) -> String {
        let synthetic =
            content.isSynthetic
            ? "\nSYNTHETIC DATA. The company and all of its evidence are invented, and the times in the\n"
                + "log come from a simulated clock. It shows how a record looks; it proves nothing.\n"
            : ""
        return """
            Assay package of \(content.origin), for: \(content.profile.rawValue)
            \(synthetic)
            \(content.profile == .public ? conclusions : record)

            Get the program from somewhere else than this package, and compare trust/log.vkey with a
            copy of the key that you got elsewhere (--key FILE). Without that, the checks show that the
            record agrees with itself, not whose it is. \(anchors(content))

            By hand, with common tools, after unpacking:
              sha256sum of each file must be the sha256 in manifest.json
              sha256sum of manifest.json must be the one that manifest.dsse.json states, an entry
                of the log (manifest.tlog-proof shows it, C2SP tlog-proof)
            \(byHand(content))

            \(content.profile == .public ? leftOut(content) : personal(content))

            """
    }

    private static let record = """
        This archive is the record of one assessment of a SOC 2 + HIPAA program: the evidence, the
        program, the transparency log that seals both, and the result. The engine only proposes;
        whether a criterion is met is for an auditor to conclude.

          assay-verify verify FILE       checks every hash, signature and proof, offline
          assay-verify reperform FILE    repeats the assessment and compares its digest
        """

    private static let conclusions = """
        This archive tells the conclusions of one assessment of a SOC 2 + HIPAA program, by control,
        criterion and category; the entry of a transparency log that states them; and the proof that
        the entry is in the log. The engine only proposes; whether a criterion is met is for an
        auditor to conclude. Whether a later assessment has replaced this one is not shown.

          assay-verify verify FILE       checks every hash, signature and proof, offline
        """

    // MARK: What is told

    private static func leftOut(_ content: PackageContent) -> String {
        let left = """
            It holds no evidence, no unit of a test and no document of the program: the assessment cannot
            be repeated from it. A package for auditors or buyers holds what that takes.
            """
        let (items, early) = (content.erased.items, content.erased.early)
        if items == 0 { return left }
        let unkept = early == 0 ? "none" : String(early)
        return left + "\n\nErased before the assessment, of the evidence that its tests look at: "
            + "\(Wording.count(items, "item")),\n\(unkept) of them before the time until which they were to be kept. "
            + "What was said there counts\nfor nothing in the conclusions, for better or worse."
    }

    private static func personal(_ content: PackageContent) -> String {
        let withheld =
            content.withheldFields.isEmpty
            ? ""
            : "Withheld, digests in their place:\n  " + content.withheldFields.joined(separator: "\n  ")
                + "\n"
        // What is personal is a field; a key names its record wherever it is spoken of.
        let keys =
            content.profile == .buyer
            ? "Keys of records (account names, ticket numbers) are not withheld, here and in result.json.\n"
            : ""
        let fields =
            content.personalFields.isEmpty
            ? "Its evidence holds no fields that are marked personal.\n" + withheld + keys
            : "It holds fields that are marked personal; pass it on with care:\n  "
                + content.personalFields.joined(separator: "\n  ") + "\n"
        return fields + program(content)
    }

    /// What no profile takes out, for the log states digests of whole files of it.
    private static func program(_ content: PackageContent) -> String {
        let people =
            content.people == 0
            ? ""
            : "\nIt names \(content.people) \(content.people == 1 ? "person" : "people") of the register, "
                + "with what else the register says of them, such as addresses."
        return """
            The program is in it as it was applied, all versions of it, with nothing withheld (program/):
            risks, engagements and responses too. The log tells queries, and paths of files, that
            evidence was collected with.\(people)
            """
    }

    private static func anchors(_ content: PackageContent) -> String {
        guard content.files.contains(where: { $0.path.utf8.starts(with: PackageLayout.anchors.utf8) }) else {
            return "No outside clock or witness is in it."
        }
        return """
            It holds checkpoints with the signatures of
            witnesses (log/checkpoints) and RFC 3161 time stamps over them (log/anchors): with a trust file
            that you got elsewhere (--trust FILE) they are checked too.
            """
    }

    private static func byHand(_ content: PackageContent) -> String {
        if content.profile == .public {
            return """
                  summary.json has the SHA-256 that assessment.dsse.json states, entry \(content.assessment) of
                    the log; assessment.tlog-proof shows that it is
                """
        }
        return """
              log/ is a C2SP tlog-tiles log; log/checkpoint is a C2SP signed note (Ed25519)
              batches/N.jsonl is the payload of log entry N: the SHA-256 Merkle tree (RFC 6962) over
                its items has the root that entry N states. An item is the line; or its "item", where
                "disclosures" tell personal fields (RFC 9901); or only its hash, where it is erased or
                withheld
              trust/trust.json lists every key of the log and the entries that rest on it
              program/N.jsonl has the SHA-256 that entry N states
              result.json has the SHA-256 that log entry \(content.assessment) states
            """
                + (content.files.contains { $0.path == PackageLayout.report }
                    ? "\n  report.html names that SHA-256 in its head; management wrote it, nobody has audited it"
                    : "")
    }
}
