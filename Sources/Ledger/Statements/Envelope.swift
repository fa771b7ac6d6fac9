import Formats

/// What is wrong with a signed envelope.
package enum EnvelopeError: Error, Hashable, CustomStringConvertible {
    case notJSON(String)
    case missing(member: String)
    case badBase64(member: String)
    /// Not the one spelling that the log accepts: RFC 8785, known members only, standard base64.
    case notCanonical
    case otherPayloadType(String)
    case noSignatures
    case badSignature(keyID: String)
    /// Too few distinct trusted keys have signed.
    case signers(found: Int, needed: Int)
    case signing

    package var description: String {
        switch self {
        case .notJSON(let reason): "the envelope is \(reason)"
        case .missing(let member): "the envelope has no \"\(member)\" of the right type"
        case .badBase64(let member): "\"\(member)\" of the envelope is not base64"
        case .notCanonical:
            "the envelope is not in canonical form (RFC 8785, no unknown members, standard base64); "
                + "its bytes were changed or written by another program"
        case .otherPayloadType(let type): "the envelope holds \"\(type)\", not an in-toto statement"
        case .noSignatures: "the envelope is not signed"
        case .badSignature(let keyID):
            "the signature by \(keyID) does not fit the payload: one of them was changed"
        case .signers(let found, let needed):
            "\(found) trusted keys have signed the envelope where \(needed) are needed"
        case .signing: "the envelope could not be signed"
        }
    }
}

/// Bytes with their type and the signatures of those who produced them (DSSE 1.0.2).
package struct Envelope: Sendable, Hashable {
    /// One signature; the key id is a hint and proves nothing.
    package struct Signature: Sendable, Hashable {
        package let keyID: String?
        package let bytes: [UInt8]

        package init(keyID: String?, bytes: [UInt8]) {
            self.keyID = keyID
            self.bytes = bytes
        }

        /// Appends the canonical JSON of this signature.
        fileprivate func append(to encoded: inout [UInt8]) {
            encoded.append(UInt8(ascii: "{"))
            if let keyID {
                encoded.append(contentsOf: #""keyid":"#.utf8)
                CanonicalJSON.append(keyID, to: &encoded)
                encoded.append(UInt8(ascii: ","))
            }
            encoded.append(contentsOf: #""sig":"#.utf8)
            CanonicalJSON.append(Base64.encode(bytes), to: &encoded)
            encoded.append(UInt8(ascii: "}"))
        }
    }

    /// The payload type of in-toto statements.
    package static let statementType = "application/vnd.in-toto+json"

    package let payloadType: String
    package let payload: [UInt8]
    package let signatures: [Signature]

    package init(payloadType: String, payload: [UInt8], signatures: [Signature]) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// Signs a payload; the key id of each signature is the signer's vkey up to its key: `name+id`.
    package init(
        signing payload: [UInt8], type: String = Envelope.statementType, by signers: [NoteSigner]
    ) throws(EnvelopeError) {
        guard !signers.isEmpty else { throw .noSignatures }
        let message = Self.preAuthenticationEncoding(type: type, payload: payload)
        var signatures: [Signature] = []
        for signer in signers {
            guard let bytes = try? signer.key.sign(message) else { throw .signing }
            signatures.append(Signature(keyID: Self.hint(signer.verifier), bytes: bytes))
        }
        self.init(payloadType: type, payload: payload, signatures: signatures)
    }

    /// Reads an envelope as DSSE demands of consumers: any JSON layout, unknown members passed over, standard or
    /// URL-safe base64.
    package init(parsing bytes: [UInt8]) throws(EnvelopeError) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes, limits: Self.limits)
        } catch {
            throw .notJSON(error.description)
        }
        try self.init(json, isCanonical: false)
    }

    private static let limits = JSONLimits(depth: 16)

    private init(_ json: JSON, isCanonical: Bool) throws(EnvelopeError) {
        guard let type = json["payloadType"]?.string else { throw .missing(member: "payloadType") }
        let payload = try Self.base64(json, "payload", isCanonical)
        guard let list = json["signatures"]?.array else { throw .missing(member: "signatures") }
        guard !list.isEmpty else { throw .noSignatures }
        var signatures: [Signature] = []
        for element in list {
            let keyID = element["keyid"]
            guard keyID == nil || keyID?.string != nil else { throw .missing(member: "keyid") }
            signatures.append(
                Signature(keyID: keyID?.string, bytes: try Self.base64(element, "sig", isCanonical)))
        }
        self.init(payloadType: type, payload: payload, signatures: signatures)
    }

    /// Reads an envelope that must be written exactly as `encoded` writes it, so that one envelope has one hash.
    package init(canonical bytes: [UInt8]) throws(EnvelopeError) {
        guard let json = try? JSON(canonical: bytes, limits: Self.limits) else {
            // It may be no envelope at all, and then that is what is wrong with it.
            try self.init(parsing: bytes)
            throw .notCanonical
        }
        try self.init(json, isCanonical: true)
        // In canonical form and without another member, these are the bytes of `encoded`.
        guard json.object?.members.count == 3,
            (json["signatures"]?.array ?? []).allSatisfy({
                $0.object?.members.count == ($0["keyid"] == nil ? 1 : 2)
            })
        else { throw .notCanonical }
    }

    /// The canonical JSON (RFC 8785) of this envelope.
    package var encoded: [UInt8] {
        // Member by member, in the order of their names: texts always have a canonical form.
        var bytes = Array(#"{"payload":"#.utf8)
        CanonicalJSON.append(Base64.encode(payload), to: &bytes)
        bytes.append(contentsOf: #","payloadType":"#.utf8)
        CanonicalJSON.append(payloadType, to: &bytes)
        bytes.append(contentsOf: #","signatures":["#.utf8)
        for (index, signature) in signatures.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            signature.append(to: &bytes)
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }

    /// The payload, once at least `threshold` distinct keys among these are seen to have signed it. Use these bytes;
    /// reading the envelope a second time would trust something else than was checked.
    ///
    /// A signature that names a known key and does not fit is an error even if others suffice.
    package func verified(by verifiers: [NoteVerifier], threshold: Int = 1) throws(EnvelopeError) -> [UInt8] {
        let message = Self.preAuthenticationEncoding(type: payloadType, payload: payload)
        var signers: Set<PublicKey> = []
        for signature in signatures {
            // The hint saves work and finds tampering; without a match every key is tried.
            let hinted = verifiers.filter { verifier in
                signature.keyID.map { $0.utf8.elementsEqual(Self.hint(verifier).utf8) } ?? false
            }
            let valid = (hinted.isEmpty ? verifiers : hinted).first {
                $0.publicKey.isValid(signature.bytes, for: message)
            }
            if let valid {
                signers.insert(valid.publicKey)
            } else if let keyID = signature.keyID, !hinted.isEmpty {
                throw .badSignature(keyID: keyID)
            }
        }
        let needed = max(threshold, 1)
        guard signers.count >= needed else { throw .signers(found: signers.count, needed: needed) }
        return payload
    }

    /// What is signed: `DSSEv1 <length> <type> <length> <payload>`, the lengths in bytes.
    package static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    private static func hint(_ verifier: NoteVerifier) -> String { verifier.hint }

    private static func base64(
        _ json: JSON, _ member: String, _ isCanonical: Bool
    ) throws(EnvelopeError) -> [UInt8] {
        guard let text = json[member]?.string else { throw .missing(member: member) }
        if let bytes = Base64.decode(text) { return bytes }
        var standard = text.utf8.map { unit -> UInt8 in
            switch unit {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: unit
            }
        }
        while !standard.count.isMultiple(of: 4) { standard.append(UInt8(ascii: "=")) }
        guard let bytes = Base64.decode(String(decoding: standard, as: UTF8.self)) else {
            throw .badBase64(member: member)
        }
        if isCanonical { throw .notCanonical }
        return bytes
    }
}
