// <linux/mount.h> and <sys/mount.h> define the same names: the MS_… that this project needs beside
// the first.
#pragma once

#include <linux/mount.h>

#ifndef MNT_DETACH
#define MNT_DETACH 2
#endif
