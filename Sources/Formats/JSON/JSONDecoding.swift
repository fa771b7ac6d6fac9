/// Makes values of the tokens of a text.
struct JSONDecoding {
    private let tokens: UnsafeBufferPointer<JSONTape.Token>
    private let bytes: UnsafeBufferPointer<UInt8>

    /// - Parameters:
    ///   - tokens: of a text that was found to be valid.
    ///   - bytes: the text.
    init(_ tokens: UnsafeBufferPointer<JSONTape.Token>, _ bytes: UnsafeBufferPointer<UInt8>) {
        self.tokens = tokens
        self.bytes = bytes
    }

    /// The value of a token with everything in it.
    func value(at index: Int) -> JSON {
        let token = tokens[index]
        switch token.kind {
        case .null: return .null
        case .yes: return .bool(true)
        case .no: return .bool(false)
        case .number:
            let text = rawText(of: token)
            return (token.special ? nil : Int64(text)).map(JSON.integer) ?? .decimal(text)
        case .string: return .string(text(of: token))
        case .array: return .array(elements(of: token, from: index + 1))
        case .object: return .object(JSONObject(members(of: token, from: index + 1)))
        }
    }

    private func elements(of array: JSONTape.Token, from start: Int) -> [JSON] {
        var elements: [JSON] = []
        // Counted first: a list that grows by itself moves several times, and keeps room that nobody needs.
        elements.reserveCapacity(count(from: start, to: Int(array.next), step: 0))
        var at = start
        while at < Int(array.next) {
            elements.append(value(at: at))
            at = Int(tokens[at].next)
        }
        return elements
    }

    private func members(of object: JSONTape.Token, from start: Int) -> [JSONObject.Member] {
        var members: [JSONObject.Member] = []
        members.reserveCapacity(count(from: start, to: Int(object.next), step: 1))
        var at = start
        while at < Int(object.next) {
            members.append(.init(name: text(of: tokens[at]), value: value(at: at + 1)))
            at = Int(tokens[at + 1].next)
        }
        return members
    }

    /// - Parameter step: tokens before each value.
    private func count(from start: Int, to end: Int, step: Int) -> Int {
        var (at, count) = (start, 0)
        while at < end {
            at = Int(tokens[at + step].next)
            count += 1
        }
        return count
    }

    private func rawText(of token: JSONTape.Token) -> String {
        String(decoding: raw(token), as: UTF8.self)
    }

    private func text(of token: JSONTape.Token) -> String {
        token.special
            ? JSONScanner.unescaped(Array(raw(token))[...])
            : rawText(of: token)
    }

    private func raw(_ token: JSONTape.Token) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(token.start)..<Int(token.end)])
    }
}
