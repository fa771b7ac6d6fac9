package import Programs

extension Workspace {
    /// What is to be said of a program with advice that is marked privileged while none is on record yet: every version
    /// stays there, and a package for buyers holds them all.
    package func newPrivilege(in program: Program) throws -> [String] {
        let isOnRecord = try programHistory().changes.contains {
            guard case .apply(let document) = $0, case .engagement(let engagement) = document.body else {
                return false
            }
            return engagement.isPrivilegedAdvice
        }
        if isOnRecord { return [] }
        return program.documents(of: .engagement).compactMap { document in
            guard case .engagement(let engagement) = document.body, engagement.isPrivilegedAdvice else {
                return nil
            }
            return
                "\(document.place): warning: the advice \(engagement.id) is marked privileged: with it on record, no "
                + "package for buyers can be made of this workspace any more, also when it is taken out again; ask "
                + "counsel first (assay apply --dry-run changes nothing)"
        }
    }
}
