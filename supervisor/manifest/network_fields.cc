// The fields of Service, Endpoints and EndpointSlice. Sorted by name.
#include "supervisor/manifest/field_rows.h"
#include "supervisor/manifest/kind_fields.h"

namespace podrun::manifest {

namespace {

using namespace rows;

constexpr Field kServicePortFields[] = {string("appProtocol"),    string("name"),
                                        plain(int32("nodePort")), int32("port"),
                                        string("protocol"),       {"targetPort", kIntOrString}};
constexpr ObjectType kServicePort{kServicePortFields, "ServicePort"};
constexpr Field kClientIpFields[] = {int32("timeoutSeconds")};
constexpr ObjectType kClientIp{kClientIpFields, "ClientIPConfig"};
constexpr Field kAffinityFields[] = {object("clientIP", kClientIp)};
constexpr ObjectType kAffinity{kAffinityFields, "SessionAffinityConfig"};
constexpr Field kServiceSpecFields[] = {
    boolean("allocateLoadBalancerNodePorts"),
    string("clusterIP"),
    list(string("clusterIPs")),
    list(string("externalIPs")),
    string("externalName"),
    string("externalTrafficPolicy"),
    plain(int32("healthCheckNodePort")),
    string("internalTrafficPolicy"),
    list(string("ipFamilies")),
    string("ipFamilyPolicy"),
    string("loadBalancerClass"),
    string("loadBalancerIP"),
    list(string("loadBalancerSourceRanges")),
    list(object("ports", kServicePort)),
    plain(boolean("publishNotReadyAddresses")),
    strings("selector"),
    string("sessionAffinity"),
    object("sessionAffinityConfig", kAffinity),
    string("trafficDistribution"),
    string("type"),
};
constexpr ObjectType kServiceSpec{kServiceSpecFields, "ServiceSpec"};
constexpr Field kServiceFields[] = {string("apiVersion"), string("kind"),
                                    object("metadata", kObjectMetaType),
                                    object("spec", kServiceSpec), any_object("status")};

constexpr Field kAddressFields[] = {string("hostname"), string("ip"), string("nodeName"),
                                    any_object("targetRef")};
constexpr ObjectType kAddress{kAddressFields, "EndpointAddress"};
constexpr Field kEndpointPortFields[] = {string("appProtocol"), string("name"), int32("port"),
                                         string("protocol")};
constexpr ObjectType kEndpointPort{kEndpointPortFields, "EndpointPort"};
constexpr Field kSubsetFields[] = {list(object("addresses", kAddress)),
                                   list(object("notReadyAddresses", kAddress)),
                                   list(object("ports", kEndpointPort))};
constexpr ObjectType kSubset{kSubsetFields, "EndpointSubset"};
constexpr Field kEndpointsFields[] = {string("apiVersion"), string("kind"),
                                      object("metadata", kObjectMetaType),
                                      list(object("subsets", kSubset))};

constexpr Field kConditionsFields[] = {boolean("ready"), boolean("serving"),
                                       boolean("terminating")};
constexpr ObjectType kConditions{kConditionsFields, "EndpointConditions"};
constexpr Field kEndpointFields[] = {list(string("addresses")),
                                     object("conditions", kConditions),
                                     strings("deprecatedTopology"),
                                     any_object("hints"),
                                     string("hostname"),
                                     string("nodeName"),
                                     any_object("targetRef"),
                                     string("zone")};
constexpr ObjectType kEndpoint{kEndpointFields, "Endpoint"};
// Here a port's name stands even where it is empty: it is a pointer in Go.
constexpr Field kSlicePortFields[] = {string("appProtocol"), always(string("name")), int32("port"),
                                      string("protocol")};
constexpr ObjectType kSlicePort{kSlicePortFields, "EndpointPort"};
constexpr Field kSliceFields[] = {
    string("addressType"),
    string("apiVersion"),
    always(list(object("endpoints", kEndpoint))),
    string("kind"),
    object("metadata", kObjectMetaType),
    always(list(object("ports", kSlicePort))),
};

}  // namespace

constexpr ObjectType kServiceType{kServiceFields, "Service"};
constexpr ObjectType kEndpointsType{kEndpointsFields, "Endpoints"};
constexpr ObjectType kEndpointSliceType{kSliceFields, "EndpointSlice"};

}  // namespace podrun::manifest
