/// Certificates made for tests alone: an authority that nobody else trusts, and three servers of it. Valid from 2020 to
/// 2120, but for the expired one.
package enum TestCertificates {
    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR6gAwIBAgIUUJvHpkPJxcDTHgLgPJxwi8S9nMYwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        MDAxMDEwMDAwMDBaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE95watRs3MtB0m2k0vVCrvKMtCTCimaE9C2rVUYa5
        K1NZ/IwOs0N+GHSiJA0eMNgksSjbNyveAKL8QbXUdfwPdqNCMEAwDwYDVR0TAQH/
        BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwHQYDVR0OBBYEFNSVtfDykeLpg/QRXx8X
        7edYlPmxMAoGCCqGSM49BAMCA0kAMEYCIQDTny+ofduQrnZZ9/bRdsrv92mPywg4
        OiLq5vttJgjBgAIhAJHMTLt6nGxo0oiIWNxi7K3JUnVX8ac8Ps6BaiqdeEzd
        -----END CERTIFICATE-----
        """

    /// For localhost.
    package static let localhost = LoopbackServer.Identity(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBqTCCAU+gAwIBAgIULsJ5rSR1JGGi/JGRqr7JPxHEwrIwCgYIKoZIzj0EAwIw
            GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
            MDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
            CCqGSM49AwEHA0IABK9oP57by0Iv6YbWC0TrToEHT57FJ5i4P9pR92U7MC7bcoeE
            bZiwW9l/7XTq7u4JcrD7S3DgLcAlZCFSjrkznqyjeDB2MBQGA1UdEQQNMAuCCWxv
            Y2FsaG9zdDAJBgNVHRMEAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQW
            BBSng5xc7Q0iyvV1IVKW+Mr7t+PDxjAfBgNVHSMEGDAWgBTUlbXw8pHi6YP0EV8f
            F+3nWJT5sTAKBggqhkjOPQQDAgNIADBFAiEAmkf5vwzjSKbytqJAgzo/4jj00zt3
            rFD+ltbex4ZdZj0CIHS+oU5xY8o6ss0wi0Zofz3PExxSji8LbzGJFUMSzsj9
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRMNw8sjYujXIKwW+
            vqR6X3oZ48VEKE8z6RHWSFdS78qhRANCAASvaD+e28tCL+mG1gtE606BB0+exSeY
            uD/aUfdlOzAu23KHhG2YsFvZf+106u7uCXKw+0tw4C3AJWQhUo65M56s
            -----END PRIVATE KEY-----
            """)

    /// For elsewhere.example.
    package static let elsewhere = LoopbackServer.Identity(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBuTCCAWCgAwIBAgIUHy46fvm7FLTz8eyGEf36H62XJTswCgYIKoZIzj0EAwIw
            GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
            MDAxMDEwMDAwMDBaMBwxGjAYBgNVBAMMEWVsc2V3aGVyZS5leGFtcGxlMFkwEwYH
            KoZIzj0CAQYIKoZIzj0DAQcDQgAEHagK9d/Abagk8JZEfpG4dPKiBMg+yQJR1rfq
            AqZ6694IHhVDmr96z9F5ZQnTE7AaN6jSwF2BhLwxH7ny9BMIIaOBgDB+MBwGA1Ud
            EQQVMBOCEWVsc2V3aGVyZS5leGFtcGxlMAkGA1UdEwQCMAAwEwYDVR0lBAwwCgYI
            KwYBBQUHAwEwHQYDVR0OBBYEFIbIHk5nzLJwAbv0meHh7Hmgr8CvMB8GA1UdIwQY
            MBaAFNSVtfDykeLpg/QRXx8X7edYlPmxMAoGCCqGSM49BAMCA0cAMEQCIFdw3PCw
            nt3AKPKUjKM18kNolluWiOyQdI2MLCvG39NgAiA+ZjHWghBhmzN1NKcDcevNI10x
            9V1lyOObASsqdlVwQA==
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnWa9XuL20a1kha2q
            11PDstbSI0I3ozc285hj59ThztOhRANCAAQdqAr138BtqCTwlkR+kbh08qIEyD7J
            AlHWt+oCpnrr3ggeFUOav3rP0XllCdMTsBo3qNLAXYGEvDEfufL0Ewgh
            -----END PRIVATE KEY-----
            """)

    /// For localhost, until 2021-01-01.
    package static let expired = LoopbackServer.Identity(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBpzCCAU2gAwIBAgIUZmLESwKnsC0nlWUioVUqV74sVSowCgYIKoZIzj0EAwIw
            GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwHhcNMjAwMTAxMDAwMDAwWhcNMjEw
            MTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggq
            hkjOPQMBBwNCAATL5GuJ8wR2nMp1NrkBNCnedm2z3/fqxCnWHgwV9GnDgwquYFZW
            fWNuME6/TgIIIYEGN1Gqvayv9eHZ0y+b/g4Do3gwdjAUBgNVHREEDTALgglsb2Nh
            bGhvc3QwCQYDVR0TBAIwADATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQU
            qzWbrBUgl+G9hnNcajSFC8drESUwHwYDVR0jBBgwFoAU1JW18PKR4umD9BFfHxft
            51iU+bEwCgYIKoZIzj0EAwIDSAAwRQIhAP0Ry7S+GFn/7JLsGRTl/3W5ZnsYpm9I
            TTqCdD0f1hmwAiBbYlUvDlt/8lEBZmcxe+xvGMJA7aycXbsq3CG4TZSEcg==
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBrYWK3uJRnDKMucA
            0wm0Ts7VGo2Q2acJm4jXWwM7bQihRANCAATL5GuJ8wR2nMp1NrkBNCnedm2z3/fq
            xCnWHgwV9GnDgwquYFZWfWNuME6/TgIIIYEGN1Gqvayv9eHZ0y+b/g4D
            -----END PRIVATE KEY-----
            """)
}
