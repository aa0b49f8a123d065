// The formats of names and values that Kubernetes checks (apimachinery/pkg/util/validation). Each
// returns what is wrong, in Kubernetes' words; nothing where all is well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::manifest {

using Problems = std::vector<std::string>;

Problems check_dns1123_label(std::string_view value);
Problems check_dns1035_label(std::string_view value);
Problems check_dns1123_subdomain(std::string_view value);
/// A label or annotation key, a finalizer, a resource: "name" or "example.com/name".
Problems check_qualified_name(std::string_view value);
Problems check_label_value(std::string_view value);
Problems check_port_number(std::int64_t port);
Problems check_port_name(std::string_view name);
Problems check_http_header_name(std::string_view name);
/// Characters that RFC 3986 has in paths.
Problems check_http_path(std::string_view path);
Problems check_env_name(std::string_view name);
Problems check_config_map_key(std::string_view key);
Problems check_user_id(std::int64_t id);
/// A relative path without "..".
Problems check_local_path(std::string_view path);
/// The same for the items of a volume, which may not start with ".." at all.
Problems check_local_item_path(std::string_view path);
Problems check_no_backsteps(std::string_view path);
Problems check_ip(const std::string& address);
/// A range of addresses: "10.9.8.0/24".
Problems check_cidr(const std::string& range);
/// An address that others may be sent to: not of the node itself or its link alone
/// (pkg/apis/core/validation, ValidateEndpointIP). Nothing for what is no address.
Problems check_reachable_ip(const std::string& address);

bool is_sysctl_name(std::string_view name);
/// "must be between 1 and 65535, inclusive".
std::string range_text(std::int64_t least, std::int64_t most);

}  // namespace podrun::manifest
