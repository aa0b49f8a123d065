#include <gtest/gtest.h>

#include <string>

#include "supervisor/manifest/fields.h"
#include "supervisor/manifest/formats.h"

namespace podrun::manifest {
namespace {

using Check = Problems (*)(std::string_view);

void expect_good(Check check, std::initializer_list<const char*> values) {
  for (const char* value : values) EXPECT_TRUE(check(value).empty()) << value;
}
void expect_bad(Check check, std::initializer_list<const char*> values) {
  for (const char* value : values) EXPECT_FALSE(check(value).empty()) << value;
}

TEST(ManifestFormats, Names) {
  expect_good(check_dns1123_label, {"a", "0", "a-b", "123-abc", "a0123456789"});
  expect_bad(check_dns1123_label, {"", "-", "a-", "-a", "A", "a_b", "a.b", "a b", "\xc3\xa4"});
  expect_good(check_dns1123_subdomain, {"a", "a.b", "0.0", "a-b.c-d"});
  expect_bad(check_dns1123_subdomain, {"", ".", "a.", ".a", "a..b", "a.-b", "A.b"});
  expect_good(check_qualified_name, {"a", "A_b.c-d", "example.com/A", "0/0"});
  expect_bad(check_qualified_name, {"", "/", "a/", "/a", "a/b/c", "_a", "a_", "A.com/b", "a b"});
  expect_good(check_label_value, {"", "a", "A_b.c-9"});
  expect_bad(check_label_value, {"-", "a-", ".a", "a b", "a/b"});
  expect_good(check_port_name, {"a", "http", "a-1", "8a"});
  expect_bad(check_port_name, {"", "1", "-a", "a-", "a--b", "A", "0123456789abcdef"});
  expect_good(check_env_name, {"A", "a.b-c", "1", "A B", "%~"});
  expect_bad(check_env_name, {"", "A=B", "=", "\t", "\x7f", "\xc3\xa4"});
  expect_good(check_config_map_key, {"a", ".a", "a..b", "-", "_", "K.k-9"});
  expect_bad(check_config_map_key, {"", ".", "..", "..a", "a/b", "a b"});
  expect_good(check_local_path, {"", "a", "a/b", "..a", "a..", "."});
  expect_bad(check_local_path, {"/", "/a", "..", "../a", "a/..", "a/../b"});
  expect_bad(check_local_item_path, {"..a", "..", "/a"});
}

TEST(ManifestFormats, LengthsAreBytes) {
  EXPECT_TRUE(check_dns1123_label(std::string(63, 'a')).empty());
  EXPECT_EQ(check_dns1123_label(std::string(64, 'a')), Problems{"must be no more than 63 bytes"});
  EXPECT_TRUE(check_dns1123_subdomain(std::string(253, 'a')).empty());
  EXPECT_EQ(check_dns1123_subdomain(std::string(254, 'a')),
            Problems{"must be no more than 253 bytes"});
  EXPECT_EQ(check_label_value(std::string(64, 'a')), Problems{"must be no more than 63 bytes"});
}

TEST(ManifestFormats, NumbersAndAddresses) {
  EXPECT_TRUE(check_port_number(1).empty());
  EXPECT_TRUE(check_port_number(65535).empty());
  EXPECT_EQ(check_port_number(0), Problems{"must be between 1 and 65535, inclusive"});
  EXPECT_EQ(check_port_number(65536), Problems{"must be between 1 and 65535, inclusive"});
  EXPECT_TRUE(check_user_id(0).empty());
  EXPECT_TRUE(check_user_id(2147483647).empty());
  EXPECT_FALSE(check_user_id(2147483648).empty());
  for (const char* good : {"10.9.8.0/24", "0.0.0.0/0", "2001:db8::/64", "::/128"}) {
    EXPECT_TRUE(check_cidr(good).empty()) << good;
  }
  for (const char* bad : {"10.9.8.0", "10.9.8.0/33", "10.9.8/24", "::/129", "10.9.8.0/", "::/-1"}) {
    EXPECT_EQ(check_cidr(bad),
              Problems{"must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"})
        << bad;
  }
  for (const char* good : {"10.0.0.1", "::1", "2001:db8::ffff"}) {
    EXPECT_TRUE(check_ip(good).empty()) << good;
  }
  for (const char* bad : {"", "10.0.0", "10.0.0.256", "a", "::g", "10.0.0.1/8"}) {
    EXPECT_FALSE(check_ip(bad).empty()) << bad;
  }
  EXPECT_TRUE(is_sysctl_name("net.ipv4.ip_forward"));
  EXPECT_TRUE(is_sysctl_name("net/ipv4/conf.eth0/x"));
  EXPECT_FALSE(is_sysctl_name("net..x"));
  EXPECT_FALSE(is_sysctl_name("_net"));
}

TEST(ManifestFields, TablesAreSortedByName) {
  const auto expect_sorted = [](const auto& self, const ObjectType& type) -> void {
    std::string_view previous;
    for (const Field& field : type.fields) {
      EXPECT_LT(previous, field.name);
      previous = field.name;
      EXPECT_EQ(field.type == FieldType::kObject, field.object != nullptr) << field.name;
      if (field.object != nullptr) self(self, *field.object);
    }
  };
  expect_sorted(expect_sorted, kPodType);
  expect_sorted(expect_sorted, kPodTemplateType);
}

TEST(ManifestFields, TheClosestNameIsWhatWasMeant) {
  const auto closest = [](const ObjectType& type, std::string_view name) {
    const Field* field = type.closest(name);
    return field == nullptr ? std::string() : std::string(field->name);
  };
  EXPECT_EQ(closest(kPodSpecType, "container"), "containers");
  EXPECT_EQ(closest(kPodSpecType, "Containers"), "containers");
  EXPECT_EQ(closest(kPodSpecType, "initcontainers"), "initContainers");
  EXPECT_EQ(closest(kPodSpecType, "restart"), "");
  EXPECT_EQ(closest(kPodSpecType, "x"), "");
  EXPECT_EQ(closest(kObjectMetaType, "label"), "labels");
  EXPECT_EQ(closest(kPodSpecType, std::string(1000, 'x')), "");
}

}  // namespace
}  // namespace podrun::manifest
