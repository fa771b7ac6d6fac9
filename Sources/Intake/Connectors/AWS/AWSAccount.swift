import Evidence
import Formats

/// The account that a source has told of, kept beside the cursor: the whole lists of another one, after somebody has
/// exchanged the credentials, would end every record of it.
struct AWSAccount: Sendable {
    /// At the last collection; nil where there was none.
    private let seen: String?
    /// By the parameter `account`.
    private let named: String?

    init(_ request: CollectionRequest) {
        let kept = request.cursor.flatMap { try? JSON(parsing: $0) }
        seen = kept?["account"]?.string
        named = request.parameters["account"]
    }

    /// The request without its cursor where that is of another account than the one that is meant: how far the backups of
    /// that one were read says nothing of this one's.
    static func settled(_ request: CollectionRequest) -> CollectionRequest {
        let account = AWSAccount(request)
        guard let named = account.named, let seen = account.seen, named != seen else { return request }
        var request = request
        request.cursor = nil
        return request
    }

    /// Why nothing is concluded from what this account tells; nil where it is the one that was meant.
    func refusal(of account: String) -> ReadingFailure? {
        guard let expected = named ?? seen, expected != account else { return nil }
        let reason =
            named == nil
            ? "the last collection was of \(expected); if this one is meant, name it in \"account\", or give it a "
                + "source of its own"
            : "\"account\" names \(expected); give the credentials of that one"
        return ReadingFailure(
            "GetCallerIdentity", "the credentials are of the account \(account), and \(reason)")
    }

    /// The delivery, whose cursor then holds the account that was read.
    static func remembered(by delivery: Delivery) throws(CanonicalJSONError) -> Delivery {
        guard let account = delivery.draft.parameters["account"] else { return delivery }
        return try delivery.remembering("account", .string(account))
    }
}
