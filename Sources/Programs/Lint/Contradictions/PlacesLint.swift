import Formats

extension Lint {
    /// Where protected data is and who has it, against what agreements allow.
    mutating func placesOfPHI() {
        vendorsWithPHI()
        locations()
        subcontractors()
        systemsUnderAgreement()
        describedVendors()
    }

    /// No agreement, no data: a business associate agreement in force from the first flow on (164.308(b)).
    private mutating func vendorsWithPHI() {
        let zone = program.zone
        for document in program.documents {
            guard case .vendor(let vendor) = document.body, vendor.hasPHI else { continue }
            let agreements = program.agreements.filter { $0.vendor?.id == vendor.id && $0.form == .baa }
            let inForce = agreementsInForce.filter {
                $0.agreement.vendor?.id == vendor.id && $0.agreement.form == .baa
            }
            if inForce.isEmpty {
                warn(
                    "vendor-without-baa", at: document.place,
                    "\(document.key) has PHI, and no business associate agreement with it is in force",
                    remedy:
                        "stop the flow or sign one (164.308(b), 164.504(e)); add it as agreement: with form: baa"
                )
            }
            guard let since = vendor.phiSince,
                let first = agreements.map({ $0.from.instant(in: zone) }).min(),
                since.instant(in: zone) < first
            else { continue }
            warn(
                "baa-after-phi", at: document.place,
                "PHI reached \(document.key) on \(since), before the first agreement came into force",
                remedy: "assess the time between as an impermissible disclosure (164.402)")
        }
    }

    private mutating func locations() {
        for (agreement, source) in agreementsInForce where agreement.customer != nil {
            let terms = agreement.terms
            let isHomeOnly = terms.countries.isEmpty && terms.offshore?.value == false
            let countries = isHomeOnly ? ["US"] : terms.countries
            for document in program.documents {
                let found: (countries: [Text], regions: [Text])
                switch document.body {
                case .vendor(let vendor) where vendor.hasPHI: found = (vendor.countries, vendor.regions)
                case .asset(let asset) where asset.hasPHI:
                    found = (asset.country.map { [$0] } ?? [], asset.region.map { [$0] } ?? [])
                case .person(let person) where person.seesPHI && !hasLeft(person):
                    found = (person.country.map { [$0] } ?? [], [])
                default: continue
                }
                let outside =
                    found.countries.filter { !countries.isEmpty && !countries.contains($0) }
                    + found.regions.filter { !terms.regions.isEmpty && !terms.regions.contains($0) }
                for place in outside {
                    warn(
                        "outside-allowed-places", at: place.place,
                        "\(document.key) is in \(place) and has PHI, \(source.key) allows \((countries + terms.regions).map(\.value).joined(separator: ", "))",
                        remedy: "move it, or have the place allowed")
                }
            }
        }
    }

    private func hasLeft(_ person: Person) -> Bool {
        guard let today, let end = person.to else { return false }
        return end <= today
    }

    /// A subcontractor that customers must approve, or hear of, before it has their data.
    private mutating func subcontractors() {
        let zone = program.zone
        for (agreement, source) in agreementsInForce where agreement.customer != nil {
            guard let consent = agreement.terms.subcontractorConsent, consent.value != .none else { continue }
            let notice = agreement.terms.subcontractorNotice?.value ?? .zero
            for document in program.documents {
                guard case .vendor(let vendor) = document.body, vendor.hasPHI else { continue }
                guard let announced = vendor.announced else {
                    warn(
                        "subcontractor-unannounced", at: document.place,
                        "\(source.key) asks for \(consent.value.rawValue) before a subcontractor has PHI, and \(document.key) has no record of it",
                        remedy: "write announced: with the date on which customers were told")
                    continue
                }
                guard let since = vendor.phiSince,
                    zone.midnight(of: announced) + notice > since.instant(in: zone)
                else { continue }
                warn(
                    "subcontractor-unannounced", at: document.place,
                    "\(document.key) was announced on \(announced) and has had PHI since \(since), \(source.key) asks for \(notice) before",
                    remedy: "announce subcontractors in time")
            }
        }
    }

    /// PHI in a product that no agreement covers.
    private mutating func systemsUnderAgreement() {
        let agreements = agreementsInForce.filter {
            $0.agreement.form == .baa && $0.agreement.customer != nil
        }
        guard !agreements.isEmpty, agreements.allSatisfy({ !$0.agreement.systems.isEmpty }) else { return }
        let covered = Set(agreements.flatMap { $0.agreement.systems.map(\.id) })
        for document in program.documents {
            guard case .asset(let asset) = document.body, asset.hasPHI, let system = asset.system,
                !covered.contains(system.id)
            else { continue }
            warn(
                "system-outside-agreement", at: system.place,
                "\(document.key) holds PHI in \(system), which no business associate agreement covers",
                remedy: "extend an agreement to the system, or take the PHI out of it")
        }
    }

    /// The vendors of the description, and those of the register.
    private mutating func describedVendors() {
        let systems = program.systems.filter { !$0.vendors.isEmpty }
        guard !systems.isEmpty else { return }
        let described = Set(systems.flatMap(\.vendors).map(\.id))
        for document in program.documents {
            guard case .vendor(let vendor) = document.body, vendor.method != nil || vendor.hasPHI,
                !described.contains(vendor.id)
            else { continue }
            warn(
                "vendor-not-described", at: document.place,
                "\(document.key) is a subservice organization or has PHI, and no system description names it",
                remedy: "name it under vendors: of the system (DC 7)")
        }
        for system in systems {
            for reference in system.vendors {
                guard case .vendor(let vendor)? = program.document(.vendor, reference.id)?.body,
                    vendor.method == nil, !vendor.hasPHI
                else { continue }
                warn(
                    "vendor-not-described", at: reference.place,
                    "system \(system.id) names \(reference), which the register knows neither as subservice organization nor with PHI",
                    remedy: "give the vendor a method: or phi: true, or take it out of the description")
            }
        }
    }
}
