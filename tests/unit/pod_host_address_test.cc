#include <gtest/gtest.h>

#include "supervisor/pod/host_address.h"

namespace podrun::pod {
namespace {

const std::string kHead =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
const std::string kLocal = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";

std::string default_by(const std::string& interface, int metric) {
  return interface + "\t00000000\t010200C0\t0003\t0\t0\t" + std::to_string(metric) +
         "\t00000000\t0\t0\t0\n";
}

const std::vector<InterfaceAddress> kAddresses = {{"lo", "127.0.0.1", true},
                                                  {"old0", "198.51.100.1", false},
                                                  {"docker0", "172.17.0.1", true},
                                                  {"eth0", "192.0.2.2", true},
                                                  {"eth0", "192.0.2.3", true}};

TEST(HostAddress, IsTheFirstOfTheDefaultRoutesInterface) {
  const std::string routes = kHead + kLocal + default_by("eth0", 100);
  EXPECT_EQ(default_interface(routes), "eth0");
  EXPECT_EQ(choose_host_address(routes, kAddresses), "192.0.2.2");
}

TEST(HostAddress, TheLeastMetricDecides) {
  EXPECT_EQ(default_interface(kHead + default_by("wlan0", 600) + default_by("eth0", 100) +
                              default_by("tun0", 700)),
            "eth0");
}

TEST(HostAddress, WithoutADefaultRouteItIsThatOfAnInterfaceThatIsUp) {
  EXPECT_EQ(default_interface(kHead + kLocal), "");
  EXPECT_EQ(choose_host_address(kHead + kLocal, kAddresses), "172.17.0.1");
  EXPECT_EQ(choose_host_address(kHead + default_by("eth9", 0), kAddresses), "172.17.0.1");
}

TEST(HostAddress, OfAMachineOnItsOwnIsTheLoopback) {
  EXPECT_EQ(choose_host_address("", {}), "127.0.0.1");
  EXPECT_EQ(choose_host_address(kHead, {{"lo", "127.0.0.1", true}, {"lo", "127.0.1.1", true}}),
            "127.0.0.1");
}

TEST(HostAddress, OfThisMachineIsAnAddress) {
  EXPECT_NE(host_address().find('.'), std::string::npos) << host_address();
}

}  // namespace
}  // namespace podrun::pod
