package import Formats

extension TimestampInfo {
    /// The bytes existed by then: the authority's clock may have been behind by as much as it states.
    package var latest: Instant { time + accuracy }
}

extension ProvenTime {
    /// The same stamp, of a clock that may have been behind by so much.
    package func later(by span: TimeSpan) -> ProvenTime {
        ProvenTime(time: time + span, signer: signer, authority: authority)
    }
}
