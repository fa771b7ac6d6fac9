import Assessment
import Formats
import Ledger

/// What comes from witnesses, authorities and organizations, and is judged here.
extension FuzzTarget {
    static let answers = [
        FuzzTarget(
            "sample", seeds: { [Array(sample.utf8), Array((sample + "\n").utf8)] }
        ) { input in
            let key = try? NoteVerifier(vkey: sampleKey)
            let known = SampleVerification(input, key: key)
            let unknown = SampleVerification(input, key: nil)
            precondition(!known.isSound || unknown.isSound, "a key makes a sample sound that is not")
            _ = try? CanonicalJSON.encode(known.json)
        },
        FuzzTarget("answer", seeds: { replies }) { input in
            guard input.count >= 2 else { return }
            let status = statuses[Int(input[0]) % statuses.count]
            let type = types[Int(input[1]) % types.count]
            let answer = WitnessAnswer(status: status, type: type, body: Array(input.dropFirst(2)))
            switch answer {
            case .cosigned, .conflict:
                let http = answer.http
                let again = WitnessAnswer(status: http.status, type: http.type, body: http.body)
                precondition(again == answer, "an answer is not read back")
            default: break
            }
        },
        FuzzTarget("roots", texts: [certificate, certificate + certificate]) { input in
            _ = try? TimestampAnchor(input)
            guard let text = text(input) else { return }
            for anchor in (try? TimestampAnchor.anchors(pem: text)) ?? [] {
                let again = try? TimestampAnchor(anchor.bytes)
                precondition(again == anchor && again?.name == anchor.name, "a certificate is not read back")
            }
        },
    ]

    private static let statuses = [200, 400, 403, 404, 409, 422, 500]
    private static let types = [nil, "text/plain; charset=utf-8", "text/x.tlog.size"]

    /// A status and a type by their places, and a body.
    private static var replies: [[UInt8]] {
        let signer = SigningKey(seed: Array(repeating: 7, count: 32)).flatMap {
            try? NoteSigner(name: "fuzz.example/w", key: $0, algorithm: .ed25519Cosignature)
        }
        let line = signer.flatMap {
            try? Cosignature.line(for: Array("fuzz.example/log\n".utf8), at: 1_700_000_000, by: $0)
        }
        let lines = line.map { WitnessAnswer.cosigned([$0, $0]).http.body } ?? []
        return [[0, 1] + lines, [4, 2] + Array("20852163\n".utf8), [1, 1] + Array("no\n".utf8)]
    }

    /// Of an authority made for this purpose.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARugAwIBAgIUSBrm19dxO7XVHAkJN4qBvHnDerwwCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwERnV6ejAgFw0yNjExMjMyMDMxMjRaGA8yMTI2MTAzMDIwMzEy
        NFowDzENMAsGA1UEAwwERnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIVL
        joJeWEDM1iABgKHXnUfV99m0BV6UGb8KnxXmF9uVtnO2SfQaaUIP+uf7GsbZeGHW
        qN9k4hpBY1TE3SIFDvqjUzBRMB0GA1UdDgQWBBQijqUfTd/2YYvaGknWrmyCFcUq
        7DAfBgNVHSMEGDAWgBQijqUfTd/2YYvaGknWrmyCFcUq7DAPBgNVHRMBAf8EBTAD
        AQH/MAoGCCqGSM49BAMCA0cAMEQCIAWyVhQB80xHCDpjWHN6UeLPX8xi5eoZfOHQ
        y9k3fvwIAiB5WguHyAWecuiMYUi2tC17qLGDiLJiCQTDiREbIu750w==
        -----END CERTIFICATE-----

        """

    /// The log's key of the sample.
    private static let sampleKey =
        "fuzz.example/evidence+16b48ea1+AUxLvfOIwpbu0tT7H4WyqwDMg302hypg+xn+AGeBKDaS"

    /// A sample of one item of made-up evidence, as `assay sample --format json` writes it: sound with the key above.
    private static let sample = #"""
        {"batches":[{"entry":"eyJwYXlsb2FkIjoiZXlKZmRIbHdaU0k2SW1oMGRIQnpPaTh2YVc0dGRHOTBieTVwYnk5VGRHRjBaV\#
        zFsYm5RdmRqRWlMQ0p3Y21Wa2FXTmhkR1VpT25zaVkyOXNiR1ZqZEc5eUlqcDdJbTVoYldVaU9pSnBiWEJ2Y25RaUxDSjJaWEp6\#
        YVc5dUlqb2lNQzR4TGpBaWZTd2lZMjkxYm5SeklqcDdJbVpoWTNSeklqb3pMQ0p5WldObGFYWmxaQ0k2TXl3aWMyVjBRWE5wWkd\#
        VaU9qQXNJblZ1WTJoaGJtZGxaQ0k2TUgwc0ltVnVaR1ZrSWpvaU1qQXlOUzB3TWkwd01WUXhNam93TURvd01Gb2lMQ0ptWVdsc2\#
        RYSmxjeUk2VzEwc0ltdHBibVJ6SWpwYlhTd2liV1Z0WW1WeWN5STZleUpqYjNWdWRDSTZNaXdpYTJWNUlqb2laRFJrWXpFek5XV\#
        mlOekkwWXpVd1pUa3pOVFZsWVRaaFlUQXlNV1EyT1RoaVlUTTVORGswWVRrM05tTXhabUppWTJRNU56Um1OR05pTkdNNFpUaGtO\#
        eUlzSW05eVpHVnlJam9pYUcxaFl5MXphR0V5TlRZaUxDSnliMjkwSWpvaVpEZG1PVGd3TjJReFlUTm1NMlJpWkRnd01UQXdZalp\#
        rTXpjNU56UXpOVE0wTm1VMk5qUTRZekV5TjJWbE9UVmlOamN3WkdKaU5tWXhaakU0TkdFeVlTSjlMQ0p0YjJSbElqb2lZMmhoYm\#
        1kbGN5SXNJbkJoWjJWeklqb3hMQ0p3WVhKaGJXVjBaWEp6SWpwN0ltWnBiR1VpT2lKbUxtcHpiMjVzSW4wc0luQnZjSFZzWVhSc\#
        GIyNGlPbnNpWTI5MWJuUWlPak1zSW05eVpHVnlJam9pYTJsdVpDd2djMmhoY0dVc0lHdGxlU3dnYzNSaGNuUXNJR1Z1WkNJc0lu\#
        SnZiM1FpT2lJNVl6RmlOak0zWWpCaE1HSTVabVkwWXpjMFpqTTFOREZtT1dRd05ERmlZalV3Wm1SaU4yVXlNRGRpWXpOa01Ea3h\#
        OMlk0Tm1ZNFpEUmxabUl6TVRRMkluMHNJbkYxWlhKNUlqb2libUYwYVhabElFcFRUMDRnVEdsdVpYTWdhVzRnWmk1cWMyOXViQ0\#
        lzSW5KbFkyOXlaR1ZrSWpvaU1qQXlOUzB3TWkwd01WUXhNam93TURvd01Gb2lMQ0p6WlhKcFpYTWlPbnNpY0hKbGRtbHZkWE1pT\#
        201MWJHd3NJbk5sY1hWbGJtTmxJam93ZlN3aWMyVjBRWE5wWkdVaU9sdGRMQ0p6YjNWeVkyVWlPaUpwYlhCdmNuUWlMQ0p6ZEdG\#
        eWRHVmtJam9pTWpBeU5TMHdNaTB3TVZReE1qb3dNRG93TUZvaWZTd2ljSEpsWkdsallYUmxWSGx3WlNJNkluVnlianBoYzNOaGV\#
        UcGlZWFJqYURveklpd2ljM1ZpYW1WamRDSTZXM3NpWkdsblpYTjBJanA3SW5Ob1lUSTFOaUk2SWpsak1XSTJNemRpTUdFd1lqbG\#
        1aalJqTnpSbU16VTBNV1k1WkRBME1XSmlOVEJtWkdJM1pUSXdOMkpqTTJRd09URTNaamcyWmpoa05HVm1Zak14TkRZaWZTd2lib\#
        UZ0WlNJNkltSmhkR05vTDJsdGNHOXlkQ0o5WFgwPSIsInBheWxvYWRUeXBlIjoiYXBwbGljYXRpb24vdm5kLmluLXRvdG8ranNv\#
        biIsInNpZ25hdHVyZXMiOlt7ImtleWlkIjoiZnV6ei5leGFtcGxlL2V2aWRlbmNlL2NvbGxlY3RvcitlYmIwNzM0OCIsInNpZyI\#
        6IjcwV1Y0WEpVVXlkWVpzTjJsdWtGTjdCV0UwbUl2Vmo1Q29BMS94SGFERGhuSkhWdEJYbExvaHZXQk1kbitUN2h2blZxMFhqT0\#
        lXVFI0NEtTSjNXaERRPT0ifV19","leaf":1,"path":["62f287e4563c0be8a785d9780bb2af20c3a177aab2b0d221cdba2\#
        96fc3616fe5"]}],"bounds":[{"confidencePercent":95,"count":1,"deviations":0,"endlessPerMille":950,"p\#
        opulation":2,"sample":1,"stratum":"all"},{"confidencePercent":95,"count":2,"deviations":1,"endlessP\#
        erMille":1000,"population":2,"sample":1,"stratum":"all"}],"checkpoint":"fuzz.example/evidence\n2\nm\#
        nNodsbxT89RBa7mUVYOFpJtYBR4cJNppYNBp6KB3yE=\n\n— fuzz.example/evidence FrSOoV1lqXBFRjNRdLXgXBeDEqc4\#
        /tfh7fGsazJ0OJMnPXts6oeUX5QTTIAUwZHu8WViqGGI+//6ZDKPksESA1/VJgY=\n","checks":[{"check":"a","questio\#
        n":"the window is the examination period, its zone stated","result":"holds","why":"2025-01-01T00:00\#
        :00Z to 2025-02-01T00:00:00Z is the period january, days as in UTC"},{"check":"b","question":"the f\#
        ilters are visible","result":"cannot be shown","why":"1 of 1 batches do not say what their source w\#
        as asked: log entries 1"},{"check":"c","question":"the count agrees with the source's own","result"\#
        :"cannot be shown","why":"0 of 1 collections carry a total of the source that equals what was recei\#
        ved; count the others in a second system"},{"check":"d","question":"numbers run without a gap","res\#
        ult":"holds","why":"import: p-1 to p-2"},{"check":"e","question":"the first and the last day were l\#
        ooked at","result":"holds","why":"covered by import"},{"check":"f","question":"no item is there twi\#
        ce","result":"holds","why":"no key in the period comes from more than one source"},{"check":"g","qu\#
        estion":"generated by a sealed query, not by hand","result":"cannot be shown","why":"1 of 1 batches\#
         were files that somebody handed in; who made them is not on record"},{"check":"h","question":"run \#
        again on the stored evidence it is the same","result":"holds","why":"read from the sealed batches a\#
         second time, last batch first, the population has the same root"},{"check":"i","question":"nothing\#
         arrived late","result":"holds","why":"no fact was added, corrected or taken back for time that its\#
         source had called complete"},{"check":"gaps","question":"every source was watched all the time","r\#
        esult":"holds","why":"import: no gap in the period so far"},{"check":"rest","question":"nothing was\#
         set aside or failed to be read","result":"holds","why":"1 batches, none with a record set aside or\#
         a failure"}],"draw":{"allocation":"proportional","practice":null,"rank":"sha256(seed, 00, root, 00\#
        , id)","seed":"s","strata":[{"membership":"all","name":"all","population":2,"size":1}],"stratify":"\#
        none"},"facts":[{"hash":"0f868526427b15adab9dfee8a646a0de46d628a4baf8f158a5f9bf79ba0524b8","item":2\#
        ,"leaf":1,"line":"{\"fact\":{\"at\":\"2025-01-03T00:00:00Z\",\"id\":\"p-2\",\"kind\":\"uptime.probe\#
        \",\"value\":{\"service\":\"portal\",\"up\":true}},\"salt\":\"b41520ceacabfc0d2e4eaeebe74fab13\"}",\#
        "path":["429933a86391cba6459fbf3f9d80fa6c56cbd00aef6bb70d133eeda7ecfd9877"]}],"format":"assay-sampl\#
        e/1","picks":[{"facts":[[1,2]],"factsLeftOut":0,"id":"[\"import\",\"p-2\",\"2025-01-03T00:00:00Z\"]\#
        ","index":1,"late":false,"path":["5a52dbce6ad4a7d7dd0fcb9092b620037d6589f9b75954758f27f9f2e4a8fde6"\#
        ],"rank":"59eb616d3707815d2ff3a4d163f60d35337b47ead6c86f18ff87eba421c332bb","stratum":"all","verdic\#
        t":"pass","verdicts":["pass"]}],"population":{"count":2,"items":["[\"import\",\"p-1\",\"2025-01-02T\#
        00:00:00Z\"]","[\"import\",\"p-2\",\"2025-01-03T00:00:00Z\"]"],"root":"7c50ce8ac4358cf47d13b4a0fa64\#
        5760c1c0505a6885a66e0454fbaf3fb7159a"},"seal":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9Td\#
        GF0ZW1lbnQvdjEiLCJwcmVkaWNhdGUiOnt9LCJwcmVkaWNhdGVUeXBlIjoidXJuOmFzc2F5OnNhbXBsZToxIiwic3ViamVjdCI6\#
        W3siZGlnZXN0Ijp7InNoYTI1NiI6IjNmZjZiY2NjN2UzMjVmZjJiYjA5ZjBmODhhNTAyMGVmNzU5ZDdkODM2OTEwM2U3MWIwMTc\#
        wMmZhMDFhZWZjZWQifSwibmFtZSI6ImJhdGNoZXMifSx7ImRpZ2VzdCI6eyJzaGEyNTYiOiJmMTA2MWIxY2FiYmE4NDQ3OTViNm\#
        FlOTg5MzQ5YmJlNGE2NjViNzM2ZGZiMWQ0OGI4YmVlZGEzOWUxNmVjOTk0In0sIm5hbWUiOiJib3VuZHMifSx7ImRpZ2VzdCI6e\#
        yJzaGEyNTYiOiJiNGU1MTY4ZGQ1Y2EwODg4ZDNiMDE1NjJkZjliNmU5OTJlYTgwYzYwOTk5YjFmNTU4OTQ0MDgyZWNlMDk5ZDRl\#
        In0sIm5hbWUiOiJjaGVja3BvaW50In0seyJkaWdlc3QiOnsic2hhMjU2IjoiMTUyNGIxM2ZiOTA3ZTUyMWYzOTQyZTI2YzliYTA\#
        2MjE4Y2JkNmI1MDZhOWViZmRjYzUwMWM0ZGRjZTgzOTEwNSJ9LCJuYW1lIjoiY2hlY2tzIn0seyJkaWdlc3QiOnsic2hhMjU2Ij\#
        oiMTdjYjJkZWVlM2FiYmRiNGFlNmJhMjEyZjVlMWQ2ZGJiODVhZGRjY2U1MGM1OGFmZjNkZDRmYWVmODA5NTMwOSJ9LCJuYW1lI\#
        joiZHJhdyJ9LHsiZGlnZXN0Ijp7InNoYTI1NiI6IjNmMWQ4MzU0MTc1NDA0MjNkOThhYWNjNTA1NzRiZWIxZTVhOTI3YWZmZTc5\#
        ODNjYTA3YTQ1NTMwYjU3NTRkZTYifSwibmFtZSI6ImZhY3RzIn0seyJkaWdlc3QiOnsic2hhMjU2IjoiODg1ZDI2M2MyNWQ3NmE\#
        1MDhhNzk0OTgyOWExOTc0NjJmMjY5M2E4Yjg0MjkwNDBjZTNmMmMyYTE4Y2YwNTQzOCJ9LCJuYW1lIjoiZm9ybWF0In0seyJkaW\#
        dlc3QiOnsic2hhMjU2IjoiZmY1MzRhMzVhMDZhOTQ5YWEyMDYyMTM1ZjlhMzgwNTA1NGJhY2U0ZjYyZGZkZjEwY2FmZWRjZDAwO\#
        WI2NzQ3ZCJ9LCJuYW1lIjoicGlja3MifSx7ImRpZ2VzdCI6eyJzaGEyNTYiOiJmNTU4MzJhYmFjNzNiZDY0YTNiOWI4MWRlYWEy\#
        NjU4ZTFjMmFlM2M2MmIyOTA5YzdjYzk4MjFlZTJlZTM2NGVhIn0sIm5hbWUiOiJwb3B1bGF0aW9uIn0seyJkaWdlc3QiOnsic2h\#
        hMjU2IjoiNjMzZTExODg0MjlkYmRjNWVmYTA4NWIyZWUyZjgyZmQ5NTIyODJjMzQzMTM1MTU4YjYwMTA1ZjExNTAxOTJhMyJ9LC\#
        JuYW1lIjoic3ViamVjdCJ9XX0=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"fu\#
        zz.example/evidence+16b48ea1","sig":"FmXPniGsGl54PJis3f3Eb9tjfvloMTkeyVo7/3WRgs0NVNx/wd0IwGwyDBEROM\#
        oDhVpHkwki903+K8NQsnvPBA=="}]},"subject":{"engine":"assay-calculus/9","evidence":"cf8b08ae172b9130d\#
        26c44f9e1f20fd8a8f888622dff88fb184d250dadad5978","from":"2025-01-01T00:00:00Z","knownAt":"2025-03-0\#
        1T00:00:00Z","program":"b6daabab7149799886fb520baf61140d28bb03eaa1be0f8c493082e9dd9bfb81","syntheti\#
        c":true,"test":"portal-up","timeZoneData":"2025b","title":"The portal answered every probe","to":"2\#
        025-02-01T00:00:00Z","unit":"event","zone":"UTC"}}
        """#
}
