import Formats
import Ledger

extension PackageVerification {
    /// What the log itself says was lost: by this its holder went on after a witness had shown another state of it.
    /// What is lost cannot be looked at, and so nothing of it is checked.
    var recoveries: [Claim] {
        var found: [Claim] = []
        do {
            try log.forEach(where: { $0 == RecoveryStatement.predicateType }) { leaf, entry in
                guard let recovery = RecoveryStatement(entry.statement) else { return }
                found.append(Claim(.recovery, .notChecked, "log entry \(leaf) says that \(recovery.told)"))
            }
        } catch {
            found.append(Claim(.recovery, .failed, "\(error)"))
        }
        return found
    }
}

extension RecoveryStatement {
    /// What it says, for one line. The page that verifies packages says the same. Of the second case it does not say that
    /// nothing was lost: in entries of earlier versions the size is the restored copy's own, which may have gone on.
    fileprivate var told: String {
        let witness = witness.onOneLine
        let what =
            size < witnessed
            ? "entries \(size) to \(witnessed - 1), which the witness \(witness) said it had signed, were lost or "
                + "are not known to be in this log"
            : "the witness \(witness) spoke of another history at \(witnessed) entries"
        return "\(what): \(reason.onOneLine)"
    }
}
