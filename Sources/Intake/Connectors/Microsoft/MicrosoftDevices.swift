import Formats

/// Devices that Intune manages.
enum MicrosoftDevices {
    static let posture = Reading<RestScope>("device.posture") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET /deviceManagement/managedDevices; compliant is what Intune's own policies call so")
        let select =
            "id,userPrincipalName,operatingSystem,osVersion,isEncrypted,complianceState,lastSyncDateTime"
        let devices = try await scope.list(
            "/deviceManagement/managedDevices", [("$select", select)], MicrosoftConnector.paging, &records)
        for device in devices {
            var fields = Fields()
            fields.text("owner_id", device["userPrincipalName"]?.lowercased)
            fields.text("platform", [device["operatingSystem"], device["osVersion"]].words)
            fields.flag("managed", true)
            fields.flag("encrypted", device["isEncrypted"]?.bool)
            fields.flag("compliant", isCompliant(device["complianceState"]?.string))
            fields.time("last_seen", device["lastSyncDateTime"]?.instant)
            records.add("device.posture", [device["id"]?.string], at: scope.started, fields)
        }
        return records
    }

    /// A device that has not been judged yet is not known to be compliant: it counts as not.
    private static func isCompliant(_ state: String?) -> Bool? { state.map { $0 == "compliant" } }
}
